import { choices } from './harness';
import { contentChoices } from './mail/choices-content';
import { dataSourceChoices } from './mail/choices-datasources';
import { deliveryChoices } from './mail/choices-delivery';
import { headerChoices } from './mail/choices-headers';
import { httpChoices } from './mail/choices-http';
import { logChoices } from './mail/choices-logs';
import { mimeChoices } from './mail/choices-mime';
import { policyChoices } from './mail/choices-policy';
import { receptionChoices } from './mail/choices-reception';
import { smtpChoices } from './mail/choices-smtp';

const { row, end } = choices('M');
for (const declare of [
  headerChoices,
  mimeChoices,
  contentChoices,
  policyChoices,
  receptionChoices,
  smtpChoices,
  logChoices,
  dataSourceChoices,
  deliveryChoices,
  httpChoices,
])
  declare(row);
end();
