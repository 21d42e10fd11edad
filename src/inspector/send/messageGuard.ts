import type { SendOutcome, SendTarget, ToSend } from '../../protocol/send.ts';
import { arrayOf, isBoolean, isBytes, isCount, isNumber, isString, shape } from '../shape.ts';

const isTargets = arrayOf(shape<SendTarget>({ name: isString, url: isString }));
const isOutcome = shape<SendOutcome>({
  number: isCount,
  answer: isBytes,
  answerLength: isCount,
  milliseconds: isNumber,
  problem: isString,
  comparable: isBoolean,
});

export function isToSend(value: unknown): value is ToSend {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  switch (value.type) {
    case 'targets':
      return 'targets' in value && isTargets(value.targets);
    case 'load':
      return 'bytes' in value && isBytes(value.bytes);
    case 'outcome':
      return 'outcome' in value && isOutcome(value.outcome);
    case 'done':
      return true;
    default:
      return false;
  }
}
