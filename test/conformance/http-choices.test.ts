import { choices } from './harness';
import { accessChoices } from './http/choices-access';
import { connectionChoices } from './http/choices-connections';
import { objectChoices } from './http/choices-objects';
import { requestChoices } from './http/choices-requests';
import { responseChoices } from './http/choices-responses';

const { row, end } = choices('H');
for (const declare of [requestChoices, responseChoices, accessChoices, connectionChoices, objectChoices])
  declare(row);
end();
