// Sorting: RFC 7644 §3.4.2.3. Skipped when ServiceProviderConfig says that it is not supported.
import { type Check, check } from '../check.ts'
import type { ScimClient } from '../client.ts'
import { expectEqual } from '../expect.ts'
import { createPeople, labelsOf } from './people.ts'

async function expectOrder(
  client: ScimClient,
  query: Readonly<Record<string, string>>,
  expected: readonly string[],
): Promise<void> {
  const response = await client.read('/Users', { filter: `userName sw "${client.unique}"`, ...query })
  expectEqual(response, 'the order', labelsOf(client, response), expected)
}

function sortCheck(title: string, query: Readonly<Record<string, string>>, expected: readonly string[]): Check {
  return check(`RFC 7644 §3.4.2.3 sort: ${title}`, async (client) => {
    await client.requireFeature('sort')
    await createPeople(client)
    await expectOrder(client, query, expected)
  })
}

export const sortChecks: readonly Check[] = [
  sortCheck('sortBy alone is ascending', { sortBy: 'displayName' }, ['ann', 'bob', 'cyd']),
  sortCheck('sortOrder ascending', { sortBy: 'userName', sortOrder: 'ascending' }, ['ann', 'bob', 'cyd']),
  sortCheck('sortOrder descending', { sortBy: 'userName', sortOrder: 'descending' }, ['cyd', 'bob', 'ann']),
  sortCheck('by a sub-attribute', { sortBy: 'name.givenName', sortOrder: 'descending' }, ['cyd', 'bob', 'ann']),
  sortCheck('by the value of a multi-valued attribute', { sortBy: 'emails.value' }, ['ann', 'bob', 'cyd']),
  sortCheck('without a value last when ascending', { sortBy: 'title' }, ['ann', 'bob', 'cyd']),
  sortCheck('without a value first when descending', { sortBy: 'title', sortOrder: 'descending' }, [
    'cyd',
    'bob',
    'ann',
  ]),
  check('RFC 7644 §3.4.2.3 sort: without regard to case', async (client) => {
    await client.requireFeature('sort')
    for (const [label, nickName] of Object.entries({ one: 'alfa', two: 'Bravo', three: 'charlie' })) {
      await client.createUser({ nickName }, label)
    }
    await expectOrder(client, { sortBy: 'nickName' }, ['one', 'two', 'three'])
  }),
]
