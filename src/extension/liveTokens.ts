import { randomBytes } from 'node:crypto';
import type * as vscode from 'vscode';

const key = 'spark.liveTokens';

/**
 * The unguessable part of the addresses of live reload, one for each folder. It stays the same after a reload of the
 * window, so that pages that are open in browsers keep their stream.
 */
export class LiveTokens {
  private readonly memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.memory = memory;
  }

  of(root: string): string {
    const tokens = this.memory.get<Record<string, string>>(key, {});
    const known = tokens[root];
    if (typeof known === 'string' && /^[0-9a-f]{32}$/.test(known)) return known;
    const token = randomBytes(16).toString('hex');
    void this.memory.update(key, { ...tokens, [root]: token });
    return token;
  }
}
