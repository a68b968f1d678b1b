import { conformance } from './harness';
import { dataSources } from './config/data-sources';
import { fallback } from './config/fallback';
import { grammar } from './config/grammar';
import { includes } from './config/includes';
import { scripts } from './config/scripts';
import { writeback } from './config/writeback';

const { row, end } = conformance('config');
grammar(row);
includes(row);
writeback(row);
fallback(row);
scripts(row);
dataSources(row);
end();
