/** The packages of Momentum's runtime that scripts `require`, each made when it is first required. */
import type { HostFunction } from '../vm/fengari';
import { openGetopt } from './getopt';
import { openJson } from './json';
import { openPcre } from './pcre';
import { openStrict } from './strict';

const PACKAGES = new Map<string, HostFunction>([
  ['json', openJson],
  ['msys.getopt', openGetopt],
  ['pcre', openPcre],
  ['strict', openStrict],
]);

/** The function that makes a package and answers what `require` gives; undefined where there is no such package. */
export const findPackage = (name: string): HostFunction | undefined => PACKAGES.get(name);

export const isRuntimePackage = (name: string): boolean => PACKAGES.has(name);
