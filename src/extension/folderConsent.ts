import * as vscode from 'vscode';
import { visibleText } from './displayText.ts';

/** Which folders outside the workspace may be served. The answers are remembered for as long as the window lives. */
export class FolderConsent {
  private readonly answers = new Map<string, boolean>();

  /**
   * Asks in a modal dialog the first time. After a "no", asks in a notice that can be ignored, so that the user can
   * still change the answer; after a "yes", not at all.
   *
   * @param folder absolute path
   * @param page name of the file in it that is to be shown
   */
  async mayServe(folder: string, page: string): Promise<boolean> {
    const answer = this.answers.get(folder);
    if (answer === true) return true;
    const serve = vscode.l10n.t('Serve This Folder');
    const chosen =
      answer === undefined
        ? await vscode.window.showWarningMessage(
            vscode.l10n.t(
              '{0} lies outside the folders that are open. Serve its folder to this machine?',
              page,
            ),
            {
              modal: true,
              detail: vscode.l10n.t(
                'Everything in {0} could then be read by programs on this machine.',
                visibleText(folder, 1000),
              ),
            },
            serve,
          )
        : await vscode.window.showInformationMessage(
            vscode.l10n.t('{0} is not shown: its folder is not to be served, as you have chosen.', page),
            serve,
          );
    this.answers.set(folder, chosen === serve);
    return chosen === serve;
  }
}
