import { choices } from './harness';
import { deliveryChoices } from './queues/choices-delivery';
import { dnsChoices } from './queues/choices-dns';
import { queueChoices } from './queues/choices-queues';

const { row, end } = choices('Q');
for (const declare of [queueChoices, deliveryChoices, dnsChoices]) declare(row);
end();
