import type * as vscode from 'vscode';
import type { CaptureSource } from '../capture/captureSource.ts';
import type { Features } from './features.ts';
import type { RareFeatures } from './rareFeatures.ts';
import type { SparkWindow } from './window.ts';

/**
 * What activation does without: two pieces of the program, each loaded and built once, when it is first asked for. There
 * is no third way to load something later.
 */
export class Loading implements vscode.Disposable {
  private readonly context: vscode.ExtensionContext;
  private readonly window: SparkWindow;
  private readonly capture: CaptureSource;
  private readonly started: vscode.Disposable;
  private loadingFeatures: Promise<Features> | null = null;
  private loadingRareFeatures: Promise<RareFeatures> | null = null;

  constructor(context: vscode.ExtensionContext, window: SparkWindow, capture: CaptureSource) {
    this.context = context;
    this.window = window;
    this.capture = capture;
    // Its files are watched, its debugger attaches: whoever started it.
    this.started = window.servers.onDidChange(() => void this.features());
  }

  /** They first take over what the window had before a reload. */
  features(): Promise<Features> {
    this.loadingFeatures ??= this.loadFeatures();
    return this.loadingFeatures;
  }

  rareFeatures(): Promise<RareFeatures> {
    this.loadingRareFeatures ??= this.loadRareFeatures();
    return this.loadingRareFeatures;
  }

  dispose(): void {
    this.started.dispose();
  }

  private async loadFeatures(): Promise<Features> {
    const { Features } = await import('./features.ts');
    this.window.resume();
    const features = new Features(this.context, this.window, this.capture, () => this.rareFeatures());
    this.context.subscriptions.push(features);
    return features;
  }

  private async loadRareFeatures(): Promise<RareFeatures> {
    const [{ inspector }, { RareFeatures }] = await Promise.all([
      this.features(),
      import('./rareFeatures.ts'),
    ]);
    const { extensionUri, subscriptions } = this.context;
    const rareFeatures = new RareFeatures(extensionUri, this.window, this.capture, inspector);
    subscriptions.push(rareFeatures);
    return rareFeatures;
  }
}
