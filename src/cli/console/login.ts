import { ControlConnection } from '../../listeners/control/client';
import { systemUser } from '../../listeners/control/system-user';
import { UsageError } from '../../support/errors';
import type { Target } from './target';

/**
 * Connects, and logs in where the server wants that. Rejects with UsageError when nobody answers, or when the login
 * fails.
 *
 * @param askPassword is given the server's text, and asks for the password
 */
export async function connectTo(
  { address, user, password }: Target,
  askPassword: (text: string) => Promise<string>,
): Promise<ControlConnection> {
  const connection = await ControlConnection.open(address);
  const { status, output } = connection.greeting;
  if (status !== 'NOT_AUTHN') return connection;
  try {
    const answer = await connection.login(user ?? systemUser(), password ?? (await askPassword(output)));
    if (answer.status === 'COMPLETED') return connection;
    throw new UsageError(answer.output);
  } catch (error) {
    connection.close();
    throw error;
  }
}
