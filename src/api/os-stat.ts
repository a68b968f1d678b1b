import { asSystemError, LuaRaise, type HostResult, type LuaFiles } from '../lua';
import { FigureStream, type FileSystemFigures } from '../server/file-systems';
import type { ClassDeclaration } from './classes';
import { bindObject } from './objects';
import { filesOf } from './readfile';
import type { ApiTable } from './runtime';
import { text } from './values';

/** The version of the structure (3/3-api/structs-ec-statvfs). */
const VERSION = 1;

/** A subscription. */
export const statvfsRecord: ClassDeclaration<FigureStream> = { name: 'msys.core:_ec_statvfs_record_t' };

/** One sample: an object of its own for each reading. */
class Sample {
  constructor(readonly figures: FileSystemFigures) {}
}

const statvfs: ClassDeclaration<Sample> = {
  name: 'msys.core:_ec_statvfs',
  fields: {
    version: () => VERSION,
    kilobytes_available: ({ figures }) => figures.kilobytesAvailable,
    kilobytes_total: ({ figures }) => figures.kilobytesTotal,
    objects_available: ({ figures }) => figures.objectsAvailable,
    objects_total: ({ figures }) => figures.objectsTotal,
  },
};

/** Why a path has no file system; undefined when it has. */
function missing(files: LuaFiles, name: string): string | undefined {
  try {
    files.open(name, { read: true, write: false, create: false, truncate: false, exclusive: false }).close();
    return undefined;
  } catch (error) {
    const failure = asSystemError(error);
    if (!failure) throw error;
    return `${name}: ${failure.text}`;
  }
}

/** `msys.os` (4/lua/ref-msys-os-statvfs-subscribe, 4/lua/ref-msys-os-statvfs-read). */
export const osStat: ApiTable = {
  'msys.os.statvfs_subscribe': (runtime, [path, interval]) => {
    const seconds = Number(interval);
    if (!Number.isFinite(seconds) || seconds < 0)
      throw new LuaRaise(
        `bad argument #2 to 'statvfs_subscribe' (a number of seconds expected, got ${seconds})`,
      );
    return bindObject(
      runtime,
      statvfsRecord,
      runtime.server.facilities.fileSystems.subscribe(text(path), seconds),
    );
  },
  'msys.os.statvfs_read': (runtime, [record]): HostResult => {
    const stream = record as FigureStream;
    const reason = stream.path === '/' ? undefined : missing(filesOf(runtime), stream.path);
    return reason === undefined
      ? bindObject(runtime, statvfs, new Sample(stream.sample))
      : [undefined, reason];
  },
};
