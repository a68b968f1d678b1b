import { conformance } from './harness';
import { dispatch, registration } from './console/commands';
import { access } from './console/access';
import { config } from './console/config';
import { facilities } from './console/facilities';
import { failures } from './console/failing';
import { changes } from './console/messages';
import { moduleCommands } from './console/modules';
import { queues } from './console/queues';
import { internals, server } from './console/server';
import { transport } from './console/transport';

// Some tests start the command line.
jest.setTimeout(30_000);

const { row, end } = conformance('console');
transport(row);
dispatch(row);
registration(row);
access(row);
config(row);
queues(row);
changes(row);
failures(row);
server(row);
facilities(row);
moduleCommands(row);
internals(row);
end();
