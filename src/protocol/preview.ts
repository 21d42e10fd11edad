/** Page of the preview to extension host. */
export type FromPreview = { readonly type: 'openInBrowser' } | { readonly type: 'startServer' };

/** Extension host to page of the preview. */
export type ToPreview =
  /** Load the framed page again: a served file has changed. */
  { readonly type: 'reload' };
