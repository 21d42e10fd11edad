import { l10n } from '../l10n/l10n.ts';
import type { Direction } from '../protocol/capture.ts';
import { severityNames } from './findingsPanel.ts';
import type { InspectorState } from './inspectorState.ts';
import { markOfFinding } from './meaningCells.ts';

/** Goes from finding to finding of the shown exchange, and says which it came to. */
export class FindingWalk {
  /** Announces to screen readers what a key has led to. */
  readonly announcement: HTMLElement = document.createElement('div');
  private readonly state: InspectorState;
  private readonly toBytes: (direction: Direction) => void;

  /** @param toBytes puts the keyboard's focus on the chosen bytes of a message */
  constructor(state: InspectorState, toBytes: (direction: Direction) => void) {
    this.state = state;
    this.toBytes = toBytes;
  }

  /** Goes to the next finding whose bytes are known, or the previous one; returns whether there is any. */
  step(by: 1 | -1): boolean {
    const findings = this.state.view.peek()?.findings ?? [];
    const { length } = findings;
    const at = this.state.finding.peek();
    for (let i = 1; i <= length; i++) {
      const index = (at < 0 && by < 0 ? length - i : at + by * i + length * 2) % length;
      if (findings[index].places.length === 0) continue;
      this.go(index);
      return true;
    }
    return false;
  }

  /** Marks the bytes that show a finding, and announces it. */
  go(index: number): void {
    const findings = this.state.view.peek()?.findings ?? [];
    const finding = findings[index];
    const mark = finding === undefined ? null : markOfFinding(finding);
    if (mark === null) return;
    this.state.finding.value = index;
    this.state.chooseMark(mark);
    this.toBytes(mark.direction);
    this.announcement.textContent = l10n.t(
      '{0}, {1} of {2}: {3}',
      severityNames[finding.severity],
      index + 1,
      findings.length,
      finding.sentence,
    );
  }
}
