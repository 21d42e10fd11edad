/** Milliseconds after which an answer counts as lost. */
const longestAnswer = 2000;
const mostTimes = 3;

/** A question to the extension host whose answer may be lost, as VS Code loses messages: then it is asked again. */
export class Question {
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Asks; the answer to an earlier question is no longer waited for. */
  ask(post: () => void, times = mostTimes): void {
    clearTimeout(this.timer);
    post();
    if (times > 1) this.timer = setTimeout(() => this.ask(post, times - 1), longestAnswer);
  }

  answered(): void {
    clearTimeout(this.timer);
  }
}
