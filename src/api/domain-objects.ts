import type { DomainRecord } from '../server/domain-record';
import type { MailQueue } from '../server/queues';
import type { ClassDeclaration } from './classes';
import { bindObject } from './objects';
import { TimeValue, timeValue } from './timeval';

const unixSeconds = (date: Date | undefined) => (date ? Math.floor(date.getTime() / 1000) : 0);

/** Scripts cannot assign any field (3/3-api/structs-domain-record). */
export const domainRecord: ClassDeclaration<DomainRecord> = {
  name: 'msys.core:_domain_record',
  fields: {
    domain: (record) => record.name,
    expiry: (record) => unixSeconds(record.expiry),
    equeue: (record, runtime) => bindObject(runtime, mailQueue, record.queue),
    last_delivery: (record, runtime) => bindObject(runtime, timeValue, new TimeValue(record.lastDelivery)),
    deliveries: (record) => record.deliveries,
    attempts: (record) => record.attempts,
    transients: (record) => record.transients,
    failures: (record) => record.failures,
    mxcnt: (record) => record.route?.mxs.length ?? 0,
    recycled: (record, runtime) => (runtime.server.domains.has(record) ? 0 : 1),
    referencecnt: (record) => record.queue.size + record.queue.trying.size,
    dns_failures: (record) => record.dnsFailures,
  },
};

/** Its sizes are asked for with functions: `msys.core.mail_queue_size(mq)` (3/3-api/structs-mail-queue). */
export const mailQueue: ClassDeclaration<MailQueue> = {
  name: 'msys.core:_mail_queue',
  fields: {
    domain: ({ domain }, runtime) => {
      const record = runtime.server.domains.get(domain);
      return record && bindObject(runtime, domainRecord, record);
    },
  },
};
