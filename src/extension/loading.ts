import type * as vscode from 'vscode';
import type { CaptureSource } from '../capture/captureSource.ts';
import type { Features } from './features.ts';
import type { RareFeatures } from './rareFeatures.ts';
import type { SparkWindow } from './window.ts';

/**
 * What is not loaded at activation: two pieces of the program, each loaded and built once, when it is first asked for.
 * There is no third way to load something later.
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
    // However a server was started, its files have to be watched and its debugger attached.
    this.started = window.servers.onDidChange(() => void this.features());
  }

  /** Loads what the window needs once Spark is used in it; what it had before a reload is taken over first. */
  features(): Promise<Features> {
    this.loadingFeatures ??= this.loadFeatures();
    return this.loadingFeatures;
  }

  /** Loads what most windows never need, and `features` before it. */
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
