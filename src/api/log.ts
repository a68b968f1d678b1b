import { toDisplay } from '../lua';
import { coreConstant } from './constants';
import type { ApiTable } from './runtime';
import { text } from './values';

/** `msys.log`, which only the examples of 4/dkim2 show: a line of the paniclog, as `print` writes it. */
export const log: ApiTable = {
  'msys.log': (runtime, [level, message]) => {
    const isWarning = level === coreConstant(runtime, 'LOG_WARNING');
    runtime.server.logs.panic(
      'scriptlet',
      toDisplay(text(message)),
      undefined,
      isWarning ? 'warning' : 'error',
    );
    return undefined;
  },
};
