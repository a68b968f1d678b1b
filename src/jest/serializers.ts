import { ConsoleResult, MomentumSimError, type DomainView } from '../index';
import type { Serializer } from './globals';
import { messageSerializer } from './message-serializer';
import { httpResponse, isDomainView, type HttpResponse } from './recognise';

/** Headers that differ from one run, or one way of asking, to the next. */
const UNSTABLE_HEADERS = ['date', 'connection', 'keep-alive'];

/** Within an object or array, every line but the first stands below the member that it belongs to. */
const indented = (text: string, indentation: string) =>
  indentation === '' ? text : text.replace(/\n(?=.)/g, `\n${indentation}  `);

/** Control characters other than tabs and line ends as escapes: a snapshot is read by people. */
function visible(text: string): string {
  return text.replace(
    /[\x00-\x08\x0b-\x1f\x7f]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

const consoleResult: Serializer = {
  test: (value) => value instanceof ConsoleResult,
  serialize(value, _config, indentation) {
    const { output, status } = value as ConsoleResult;
    const end = output === '' || output.endsWith('\n') ? '' : '\n(no line end)';
    const text = `console ${status}\n${output === '' ? '(no output)' : visible(output).replace(/\n$/, '')}${end}`;
    return indented(text, indentation);
  },
};

/** The port of a loopback address is another one each time. */
const withoutPort = (value: string) => value.replace(/((?:localhost|127\.0\.0\.1|\[::1\]):)\d+/g, '$1<port>');

function headerLines(headers: HttpResponse['headers']): string[] {
  return Object.entries(headers)
    .map(([name, value]): [string, string | readonly string[]] => [name.toLowerCase(), value])
    .filter(([name]) => !UNSTABLE_HEADERS.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) =>
      (typeof value === 'string' ? [value] : value).map((one) => `${name}: ${withoutPort(one)}`),
    );
}

/** The body as text where it is that; otherwise its bytes in hexadecimal. */
function bodyText({ text, body }: HttpResponse): string {
  if (!Buffer.isBuffer(body)) return text ?? '';
  const decoded = body.toString('utf8');
  return Buffer.from(decoded, 'utf8').equals(body)
    ? decoded
    : `<${body.length} bytes: ${body.toString('hex')}>`;
}

const response: Serializer = {
  test: (value) => httpResponse(value) !== undefined,
  serialize(value, _config, indentation) {
    const message = httpResponse(value)!;
    const head = [`HTTP ${message.status} ${message.statusText}`.trimEnd(), ...headerLines(message.headers)];
    const body = visible(bodyText(message));
    return indented([...head, ...(body === '' ? [] : ['', body])].join('\n'), indentation);
  },
};

/** Paths relative to the working directory, as Lua knows its files. */
function withoutMachinePaths(text: string): string {
  const cwd = process.cwd();
  return text.replaceAll(`${cwd}/`, '').replaceAll(cwd, '.');
}

/** Where an error happened: the members of those that know it. */
interface Place {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

function placeOf({ file, line, column }: Place): string {
  return file === undefined
    ? ''
    : ` at ${[file, line, column].filter((part) => part !== undefined).join(':')}`;
}

const simulatorError: Serializer = {
  test: (value) => value instanceof MomentumSimError,
  serialize(value, _config, indentation) {
    const error = value as MomentumSimError & Place;
    const text = `${error.name} [${error.code}]${placeOf(error)}\n${error.message}`;
    return indented(withoutMachinePaths(text), indentation);
  },
};

const domainView: Serializer = {
  test: isDomainView,
  serialize(value, config, indentation, depth, refs, printer) {
    const members = (value as DomainView).toJSON();
    return `DomainView ${printer(members, config, indentation, depth, refs)}`;
  },
};

const receivedMessage: Serializer = {
  test: messageSerializer.test,
  serialize: (value, _config, indentation) =>
    indented(visible(messageSerializer.serialize(value)), indentation),
};

export const SERIALIZERS: readonly Serializer[] = [
  consoleResult,
  response,
  simulatorError,
  domainView,
  receivedMessage,
];
