/** The key of an event with its modifiers, such as `Alt+ArrowLeft`, in the order Ctrl, Alt, Shift. */
export function keyOf(event: KeyboardEvent): string {
  // On a Mac the command key does what Ctrl does elsewhere.
  const control = event.ctrlKey || event.metaKey;
  return `${control ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${event.shiftKey ? 'Shift+' : ''}${event.key}`;
}

/** Keeps a key that was used here from the browser, and from VS Code, which listens at the window. */
export function used(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}
