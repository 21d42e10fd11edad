/** Where the keyboard is in its row. */
export interface CellPlace {
  readonly column: number;
  readonly columns: number;
}

/** How many rows Page Up and Page Down move. */
const pageRows = 10;

/** Walks by keyboard through the cells (`.cell`) of a grid whose rows differ; the grid has one tab stop. */
export class CellWalk {
  private readonly grid: HTMLElement;
  private at: HTMLElement | null = null;

  constructor(grid: HTMLElement) {
    this.grid = grid;
  }

  /** The cell that Tab leads to. */
  get current(): HTMLElement | null {
    return this.at;
  }

  /** Null where the keyboard is in no row. */
  get place(): CellPlace | null {
    const { rows, row, column } = this.rows();
    return row < 0 ? null : { column, columns: rows[row].length };
  }

  /** Makes a cell the one that Tab leads to. */
  enter(cell: HTMLElement | undefined): void {
    if (this.at !== null) this.at.tabIndex = -1;
    this.at = cell ?? null;
    if (this.at !== null) this.at.tabIndex = 0;
  }

  /** The cells were drawn anew: where the current one is gone, the first takes its place. */
  renew(): void {
    this.enter(this.at?.isConnected ? this.at : (this.grid.querySelector<HTMLElement>('.cell') ?? undefined));
  }

  /** Moves the focus; returns whether the key is one that does. */
  go(key: string): boolean {
    const target = this.target(key);
    target?.focus();
    return target !== undefined;
  }

  private rows(): { rows: readonly HTMLElement[][]; row: number; column: number } {
    const rows = [...this.grid.querySelectorAll<HTMLElement>('[role=row]')]
      .map((row) => [...row.querySelectorAll<HTMLElement>('.cell')])
      .filter((cells) => cells.length > 0);
    const { at } = this;
    const row = at === null ? -1 : rows.findIndex((cells) => cells.includes(at));
    return { rows, row, column: at === null || row < 0 ? 0 : rows[row].indexOf(at) };
  }

  private target(key: string): HTMLElement | undefined {
    const { rows, row, column } = this.rows();
    if (row < 0) return undefined;
    const inRow = (index: number) => {
      const cells = rows[Math.min(Math.max(0, index), rows.length - 1)];
      return cells[Math.min(column, cells.length - 1)];
    };
    switch (key) {
      case 'ArrowDown':
        return inRow(row + 1);
      case 'ArrowUp':
        return inRow(row - 1);
      case 'PageDown':
        return inRow(row + pageRows);
      case 'PageUp':
        return inRow(row - pageRows);
      case 'ArrowRight':
        return rows[row][Math.min(column + 1, rows[row].length - 1)];
      case 'ArrowLeft':
        return rows[row][Math.max(column - 1, 0)];
      case 'Home':
        return rows[row][0];
      case 'End':
        return rows[row].at(-1);
      case 'Ctrl+Home':
        return rows[0][0];
      case 'Ctrl+End':
        return rows.at(-1)?.[0];
      default:
        return undefined;
    }
  }
}
