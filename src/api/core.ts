import { toDisplay } from '../lua';
import type { DomainRecord } from '../server/domain-record';
import { domainRecord } from './domain-objects';
import { bindObject } from './objects';
import type { ApiTable } from './runtime';
import { text } from './values';

/** `msys.core`: domains (4/lua/ref-msys-core-*). */
export const core: ApiTable = {
  'msys.core.dns_get_domain': (runtime, [name]) => {
    const record = runtime.server.domains.get(text(name));
    return record && bindObject(runtime, domainRecord, record);
  },

  'msys.core.mail_queue_delay_domain': ({ server }, [record, note]) => {
    server.domains.delayDomain(record as DomainRecord, toDisplay(text(note)));
    return undefined;
  },
};
