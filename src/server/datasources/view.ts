import { byteString, textOfBytes } from '../bytes';
import type { Parameters as QueryParameters, ParameterValue, Row } from './data-source';
import type { DataSources } from './data-sources';
import type { DataSourceQuery, NamedSource } from './named-source';

/** A value that a test gives for a parameter; text becomes UTF-8. */
export type TestParameter = string | number | Uint8Array | null | undefined;

/** For `?` an array, for names an object. */
export type TestParameters = readonly TestParameter[] | Readonly<Record<string, TestParameter>>;

/** A row as a test sees it: an object by names of columns, or an array where they have none; NULL is not in it. */
export type TestRow = Record<string, unknown> | unknown[];

/** What tests see of a data source. */
export class DataSourceView {
  constructor(
    private readonly source: NamedSource,
    private readonly all: DataSources,
  ) {}

  get name(): string {
    return this.source.name;
  }

  /** What scripts asked, in order: the newest 10,000 at least. */
  get queries(): readonly DataSourceQuery[] {
    return this.source.queries;
  }

  /** All rows of a query, straight from the database: neither the cache nor `max_rows` counts, nor is it recorded. */
  async query(sql: string, parameters: TestParameters = []): Promise<TestRow[]> {
    this.all.ensureOpen();
    const { rows } = await this.source.ask(byteString(sql), parametersOf(parameters), Infinity);
    return rows.map(shownRow);
  }

  /** The first row of a query, undefined when there is none. */
  async row(sql: string, parameters: TestParameters = []): Promise<TestRow | undefined> {
    return (await this.query(sql, parameters))[0];
  }
}

/** The data sources that there are now, those of the configuration and the test's. */
export class DataSourceViews implements Iterable<DataSourceView> {
  constructor(private readonly sources: DataSources) {}

  /** Undefined when there is none of this name. */
  get(name: string): DataSourceView | undefined {
    const source = this.sources.find(name);
    return source && new DataSourceView(source, this.sources);
  }

  get names(): readonly string[] {
    return this.sources.names;
  }

  *[Symbol.iterator](): Generator<DataSourceView> {
    for (const source of this.sources) yield new DataSourceView(source, this.sources);
  }
}

function parametersOf(given: TestParameters): QueryParameters {
  const value = (item: TestParameter): ParameterValue =>
    item === null || item === undefined ? undefined : typeof item === 'number' ? item : byteString(item);
  if (Array.isArray(given))
    return {
      positional: new Map((given as TestParameter[]).map((item, i) => [i + 1, value(item)])),
      named: new Map(),
    };
  const named = Object.entries(given).map(([name, item]) => [byteString(name), value(item)] as const);
  return { positional: new Map(), named: new Map(named) };
}

function shownRow(row: Row): TestRow {
  const isArray = [...row.keys()].some((key) => typeof key === 'number');
  const shown: TestRow = isArray ? [] : {};
  for (const [key, value] of row) {
    const own = typeof key === 'number' ? key - 1 : textOf(key);
    Object.defineProperty(shown, own, {
      value: Array.isArray(value) ? value.map(shownValue) : shownValue(value as string | number),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return shown;
}

function shownValue(value: string | number): string | number | Buffer {
  if (typeof value === 'number') return value;
  const text = textOf(value);
  return byteString(text) === value ? text : Buffer.from(value, 'latin1');
}

const textOf = (bytes: string) => textOfBytes(Buffer.from(bytes, 'latin1'));
