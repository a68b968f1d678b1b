import { choices } from './harness';
import { choicesOfLife, choicesOfScripts } from './config/choices-life';
import { choicesOfDataSources } from './config/data-sources';
import { choicesOfTexts, choicesOfWriteback } from './config/choices-text';

const { row, end } = choices('F');
choicesOfTexts(row);
choicesOfWriteback(row);
choicesOfLife(row);
choicesOfScripts(row);
choicesOfDataSources(row);
end();
