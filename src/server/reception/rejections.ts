import { NO_POLICY, type PolicySubject, type ReceptionPolicy, type Rejection } from './policy';
import { rejectionFields, rejectionLine } from './rejection-line';
import type { ReceptionServices } from './services';
import type { ReceptionSettings } from './settings';

/** Whose rejection it is. */
export interface RejectionSource {
  readonly subject: PolicySubject;
  readonly policy?: ReceptionPolicy;
  readonly settings: ReceptionSettings;
}

/** Everything that notes a rejection: rejectlog, counters, the sender's history, `core_log_rejection`. */
export class Rejections {
  constructor(private readonly services: ReceptionServices) {}

  async note(
    { subject, settings, policy = NO_POLICY }: RejectionSource,
    rejection: Rejection,
  ): Promise<void> {
    const { logs, delivery, facilities, options } = this.services;
    const { session, vctx, message } = subject;
    delivery.engine.statistics.rejected++;
    const peer = session?.accept.remoteAddress;
    if (peer && peer.family !== 'unix') facilities.inboundAudit.record('rejections', peer.host);
    if (options.logsRejections()) {
      const pathway = vctx.connection.get('pathway') ?? message?.origin.pathway ?? 'default';
      const record = { session, vctx, message, pathway, pathwayGroup: settings.pathwayGroup, rejection };
      const fields = rejectionFields(record, options.contextOrder);
      logs.write('rejectlog', rejectionLine(logs.timestamp(), fields), fields);
    }
    await policy.logRejection(subject, rejection);
  }
}
