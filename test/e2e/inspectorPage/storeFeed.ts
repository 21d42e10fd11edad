import type { CaptureStore } from '../../../src/capture/store.ts';
import { InspectorFeed, type InspectorFeedOptions } from '../../../src/extension/inspectorFeed.ts';
import type { ToInspector } from '../../../src/protocol/inspectorMessages.ts';

/**
 * The extension host's own feed, with a store behind it and nothing else around it.
 * @param options what takes the place of the parts that do nothing
 */
export function storeFeed(
  store: CaptureStore,
  post: (message: ToInspector) => void,
  options: Pick<InspectorFeedOptions, 'warn'> & Partial<InspectorFeedOptions>,
): InspectorFeed {
  return new InspectorFeed({
    capture: store,
    serverRuns: () => true,
    startServer: () => undefined,
    copy: () => undefined,
    copyConnection: () => undefined,
    exportConnection: () => undefined,
    openOutside: () => undefined,
    post,
    selected: null,
    page: {
      preserve: true,
      setPreserve: () => undefined,
      keepLayout: () => undefined,
      chooseColumns: async () => null,
    },
    ...options,
  });
}
