import { choices } from './harness';
import { choicesOfCommands } from './console/choices';
import { choicesOfAccess } from './console/choices-access';
import { furtherChoices } from './console/choices-more';

// Some tests start the command line.
jest.setTimeout(30_000);

const { row, end } = choices('C');
choicesOfCommands(row);
choicesOfAccess(row);
furtherChoices(row);
end();
