import { choices } from './harness';
import { choicesOfLife, choicesOfScripts } from './config/choices-life';
import { choicesOfTexts, choicesOfWriteback } from './config/choices-text';

const { row, end } = choices('F');
choicesOfTexts(row);
choicesOfWriteback(row);
choicesOfLife(row);
choicesOfScripts(row);
end();
