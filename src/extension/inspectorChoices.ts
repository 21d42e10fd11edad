import { l10n, type Memento, window, workspace } from 'vscode';
import type { ListColumn, PageLayout } from '../protocol/exchangeList.ts';
import { settingOf } from './configuration.ts';
import type { PageChoices } from './inspectorFeed.ts';
import { windowOptions } from './settings.ts';

const layoutKey = 'inspector.layout';

/** Names of the list's columns, in the order in which they stand. */
const columnNames = (): Readonly<Record<ListColumn, string>> => ({
  id: l10n.t('Number'),
  connection: l10n.t('Connection'),
  time: l10n.t('Time'),
  method: l10n.t('Method'),
  target: l10n.t('Target'),
  status: l10n.t('Status'),
  type: l10n.t('Type'),
  requestSize: l10n.t('Request Size'),
  responseSize: l10n.t('Response Size'),
  duration: l10n.t('Duration'),
  comment: l10n.t('Comment'),
  waterfall: l10n.t('Connection’s Waterfall'),
});

/** What the user chose for the inspector, kept for the workspace. */
export class InspectorChoices implements PageChoices {
  private readonly memento: Memento;

  constructor(memento: Memento) {
    this.memento = memento;
  }

  /** The layout as it was kept last, as JSON. */
  get layout(): string {
    return JSON.stringify(this.memento.get(layoutKey, null));
  }

  get preserve(): boolean {
    return settingOf(windowOptions.preserve);
  }

  setPreserve(preserve: boolean): void {
    const isGlobal = workspace.workspaceFolders === undefined;
    void workspace.getConfiguration('spark').update(windowOptions.preserve.setting ?? '', preserve, isGlobal);
  }

  keepLayout(layout: PageLayout): void {
    void this.memento.update(layoutKey, layout);
  }

  async chooseColumns(shown: readonly ListColumn[]): Promise<readonly ListColumn[] | null> {
    const names = columnNames();
    const items = (Object.keys(names) as ListColumn[]).map((column) => ({
      column,
      label: names[column],
      picked: shown.includes(column),
    }));
    const chosen = await window.showQuickPick(items, {
      canPickMany: true,
      title: l10n.t('Columns of the Request Inspector'),
      placeHolder: l10n.t(
        'Select the columns to show; where the panel is narrow, some of them are left out.',
      ),
    });
    return chosen === undefined || chosen.length === 0 ? null : chosen.map(({ column }) => column);
  }
}
