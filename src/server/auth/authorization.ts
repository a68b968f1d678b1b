/** `Role "name" { allow = ( … ) }` of the stanza `Authorization` (4/config/ref-authorization). */
export interface Role {
  readonly name: string;
  /** Perl compatible regular expressions, tried in order against the command. */
  readonly allow: readonly string[];
}

/** Whether the pattern matches somewhere in the text. Throws an error for a pattern that does not compile. */
export type RegexTester = (pattern: string, text: string) => boolean;

/** A pattern of a role does not compile. */
export class BadRolePattern extends Error {
  constructor(
    readonly role: string,
    readonly pattern: string,
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Authorization Role "${role}": allow pattern "${pattern}": ${reason}`, { cause });
  }
}

/** The stanza of the running configuration. Nothing is allowed that no role allows. */
export class Authorization {
  roles: readonly Role[] = [];

  /**
   * The name of the role that allows a command to one of `names` (a user's name and then its groups), undefined when
   * none does. Throws BadRolePattern when it comes to a pattern that does not compile.
   */
  find(command: string, names: readonly string[], test: RegexTester): string | undefined {
    const rules = names.flatMap((name) => this.roles.filter((role) => role.name === name));
    return rules.find((role) => role.allow.some((pattern) => matches(role.name, pattern, command, test)))
      ?.name;
  }
}

function matches(role: string, pattern: string, command: string, test: RegexTester): boolean {
  try {
    return test(pattern, command);
  } catch (error) {
    throw new BadRolePattern(role, pattern, error);
  }
}
