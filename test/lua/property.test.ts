/** Random programs of stock 5.1 have the same results, errors and order of evaluation here and in lua5.1. */
import { counterpart } from '../helpers/counterparts';
import { runHere, runThere } from './property/driver';
import { randomProgram } from './property/program';

const testWithLua51 = counterpart('lua5.1');

const PROGRAMS = 3000;
const PER_PROCESS = 500;
/** Written in a way of its own by the product; -0, which lua5.1 takes for the constant 0; how deep calls may nest. */
const NOT_COMPARED = /stack overflow|\binf\b|\bnan\b|-0\b(?!\.)/;

const batches = Array.from({ length: PROGRAMS / PER_PROCESS }, (_, i) => i * PER_PROCESS);

describe('programs agree with lua5.1', () => {
  for (const first of batches) {
    testWithLua51(`seeds ${first} to ${first + PER_PROCESS - 1}`, () => {
      const programs = Array.from({ length: PER_PROCESS }, (_, i) => randomProgram(first + i));
      const here = runHere(programs);
      const there = runThere(programs);
      expect(there).toHaveLength(PER_PROCESS);
      const comparable = programs
        .map((program, i) => ({ seed: first + i, program, here: here[i]!, lua51: there[i]! }))
        .filter((result) => !NOT_COMPARED.test(result.lua51 + result.here));
      expect(comparable.length).toBeGreaterThan(PER_PROCESS * 0.9);
      expect(comparable.filter(({ lua51 }) => lua51.startsWith('SYNTAX'))).toEqual([]);
      expect(comparable.filter((result) => result.here !== result.lua51).slice(0, 3)).toEqual([]);
    });
  }
});

/** Every way to join three values by `and`, `or` and `not`, and then to misuse the result. */
function misuses(): string[] {
  const values = ['la', 'lt', 'Ga', 'lt.x', 'up', '1', 'nil'];
  const shapes = [
    '(X or Y)',
    '(X and Y)',
    '(X and Y or Z)',
    '((X or Y) and Z)',
    '(X or Y and Z)',
    '(not X and Y or Z)',
    '(not (X or Y) and Y or Z)',
    '(not (X and Y) or Z)',
    '(X == 1 and Y or Z)',
  ];
  const uses = ['E + 1', 'E()', 'E.x', '"s" .. E'];
  const programs = shapes.flatMap((shape) =>
    values.flatMap((x) =>
      values.flatMap((y) =>
        values.flatMap((z) => uses.map((use) => use.replace('E', joined(shape, { X: x, Y: y, Z: z })))),
      ),
    ),
  );
  return [...new Set(programs)].map(
    (use) => `local up local function f() local la, lt = nil, {} return ${use} end f()`,
  );
}

function joined(shape: string, values: Record<string, string>): string {
  return shape.replace(/[XYZ]/g, (name) => values[name]!);
}

testWithLua51('errors name the values that lua5.1 names', () => {
  const programs = misuses();
  const here = runHere(programs);
  const there = runThere(programs);
  const results = programs.map((program, i) => ({ program, here: here[i], lua51: there[i] }));
  expect(results.filter((result) => result.here !== result.lua51).slice(0, 5)).toEqual([]);
});
