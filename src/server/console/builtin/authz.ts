import type { BuiltinCommand } from './command';
import { escapeXml } from './xml';

const roleElement = (name: string) => `<Role name="${escapeXml(name)}"/>`;

/** Answers XML, whether it is asked for or not. */
const authzId: BuiltinCommand = {
  name: 'authz id',
  summary: 'display the id of the current user',
  doc: '4/console-commands/authz-id',
  run({ session: { user = '', roles } }) {
    const text = [
      `<AuthzInformation username="${escapeXml(user)}">`,
      '  <Roles>',
      ...roles.map((role) => `    ${roleElement(role)}`),
      '  </Roles>',
      '</AuthzInformation>',
      '',
    ].join('\n');
    return { text, xml: text, data: { username: user, roles: [...roles] } };
  },
};

/** The roles of the stanza `Authorization`, as XML. */
const authzRolesList: BuiltinCommand = {
  name: 'authz roles list',
  summary: 'display the currently defined roles',
  doc: '4/console-commands/authz-roles-list',
  run({ server }) {
    const roles = [...new Set(server.authorization.roles.map(({ name }) => name))];
    const text = ['<Roles>', ...roles.map((role) => ` ${roleElement(role)}`), '</Roles>', ''].join('\n');
    return { text, xml: text, data: { roles } };
  },
};

export const authzCommands: readonly BuiltinCommand[] = [authzId, authzRolesList];
