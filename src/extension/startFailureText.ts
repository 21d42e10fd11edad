import { l10n } from '../l10n/l10n.ts';
import type { StartFailure } from '../protocol/server.ts';

/** Why a server could not start, in a sentence, and the settings that can help; null where only its message tells. */
export function startFailureText(
  reason: StartFailure,
): { readonly text: string; readonly settings: readonly string[] } | null {
  switch (reason.kind) {
    case 'portsTaken':
      return {
        text:
          reason.first === reason.last
            ? l10n.t('Port {0} is taken. Choose another port.', String(reason.first))
            : l10n.t(
                'The ports from {0} to {1} are all taken. Choose another port.',
                String(reason.first),
                String(reason.last),
              ),
        settings: ['spark.port'],
      };
    case 'notPermitted':
      return {
        text: l10n.t(
          'This user may not listen on port {0} of {1}. Choose a port from 1024 on.',
          String(reason.port),
          reason.host,
        ),
        settings: ['spark.port'],
      };
    case 'addressNotAvailable':
      return {
        text: l10n.t(
          'No network interface of this machine has the address {0}. Choose another.',
          reason.host,
        ),
        settings: ['spark.host'],
      };
    case 'hostUnknown':
      return {
        text: l10n.t('No address belongs to the name {0}. Choose another address to listen on.', reason.host),
        settings: ['spark.host'],
      };
    case 'needsEventLoop':
      return {
        text: l10n.t(
          '{0} needs the model eventLoop, and {1} is {2}. Set the model to eventLoop, or do without {0}.',
          reason.setting,
          'spark.model',
          reason.model,
        ),
        settings: ['spark.model', reason.setting],
      };
    case 'needsLibuv':
      return {
        text: l10n.t(
          '{0} needs libuv, and {1} is {2}. Set it to auto or libuv, or do without {0}.',
          'spark.https.enabled',
          'spark.sockets',
          'systemCalls',
        ),
        settings: ['spark.sockets', 'spark.https.enabled'],
      };
    case 'other':
      return null;
  }
}
