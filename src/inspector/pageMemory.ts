import { batch } from '@preact/signals-core';
import type { InspectorState } from './inspectorState.ts';
import type { PageHost } from './pageHost.ts';
import { asLayout, asPageState, type Layout, layoutOf, type PageState } from './pageState.ts';

/** Keeps the page's state: VS Code keeps all of it while the page is hidden, the host the layout for the workspace. */
export class PageMemory {
  private readonly host: PageHost;
  private kept: PageState;

  /** @param layout that the workspace keeps, as JSON */
  constructor(host: PageHost, layout: string | undefined) {
    this.host = host;
    this.kept = asPageState(host.getState(), asLayout(layout));
  }

  get state(): PageState {
    return this.kept;
  }

  /** Sets what the parts of the page share to what was kept. */
  restore(state: InspectorState): void {
    const { following, filter, order, columns, announces, explains } = this.kept;
    batch(() => {
      state.following.value = following;
      state.listQuery.value = { filter, order, paused: false };
      state.columns.value = columns;
      state.announces.value = announces;
      state.explains.value = explains;
    });
  }

  keep(change: Partial<PageState>): void {
    this.kept = { ...this.kept, ...change };
    this.host.setState(this.kept);
  }

  keepLayout(change: Partial<Layout>): void {
    const before = JSON.stringify(layoutOf(this.kept));
    this.keep(change);
    const layout = layoutOf(this.kept);
    if (JSON.stringify(layout) !== before) this.host.postMessage({ type: 'layout', layout: { ...layout } });
  }
}
