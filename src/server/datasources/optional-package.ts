import { createRequire } from 'node:module';
import path from 'node:path';
import { UsageError } from '../../support/errors';

/**
 * A package that momentum-sim uses when there is one: of the working directory's project, or installed beside
 * momentum-sim. Throws UsageError that names it when there is none.
 */
export function optionalPackage(name: string, purpose: string): unknown {
  for (const from of [path.join(process.cwd(), 'package.json'), __filename]) {
    const required = createRequire(from);
    let file: string;
    try {
      file = required.resolve(name);
    } catch {
      continue;
    }
    return required(file) as unknown;
  }
  throw new UsageError(
    `${purpose} needs the package '${name}', which is not installed: npm install --save-dev ${packageOf(name)}`,
  );
}

/** The package of a path in it; the name of one with a scope has two parts. */
const packageOf = (name: string) =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
