// Three users whose attributes differ in what filters, sorting and paging look at.

import { resourcesOf, type ScimClient } from '../client.ts'
import { expectBody, expectEqual, expectError, type ScimResponse } from '../expect.ts'

export type Label = 'ann' | 'bob' | 'cyd'

export interface People {
  /** Restricts a filter to the three. */
  readonly scoped: (filter: string) => string
  /** Fails the check unless the filter finds exactly these of the three, in any order. */
  readonly expectFound: (filter: string, ...labels: readonly Label[]) => Promise<void>
  readonly created: Readonly<Record<Label, ScimResponse>>
  readonly ids: Readonly<Record<Label, string>>
}

/** Creates ann, bob and cyd. Only ann has a nickName, only cyd is without a work e-mail and a title. */
export async function createPeople(client: ScimClient): Promise<People> {
  const { unique } = client
  const mail = (label: string, type: string) => ({ value: `${unique}.${label}.${type}@example.com`, type })
  const ann = await client.createUser(
    {
      displayName: `${unique} Ann`,
      nickName: 'Annie',
      externalId: `${unique}-Ext-Ann`,
      title: 'Engineer',
      active: true,
      name: { familyName: 'Marsh', givenName: 'Ann' },
      emails: [mail('ann', 'work'), mail('ann', 'home')],
    },
    'ann',
  )
  const bob = await client.createUser(
    {
      displayName: `${unique} Bob`,
      externalId: `${unique}-Ext-Bob`,
      title: 'Manager',
      active: false,
      name: { familyName: 'Reed', givenName: 'Bob' },
      emails: [mail('bob', 'work')],
    },
    'bob',
  )
  const cyd = await client.createUser(
    {
      displayName: `${unique} Cyd`,
      externalId: `${unique}-Ext-Cyd`,
      active: true,
      name: { familyName: 'Marsh', givenName: 'Cyd' },
      emails: [mail('cyd', 'home')],
    },
    'cyd',
  )
  const created = { ann: ann.response, bob: bob.response, cyd: cyd.response }
  return {
    scoped: (filter) => `userName sw "${unique}" and (${filter})`,
    expectFound: (filter, ...labels) => expectFound(client, filter, labels),
    created,
    ids: { ann: ann.id, bob: bob.id, cyd: cyd.id },
  }
}

async function expectFound(client: ScimClient, filter: string, labels: readonly Label[]): Promise<void> {
  const response = await client.read('/Users', { filter })
  const found = labelsOf(client, response)
  expectEqual(response, 'the users', found.toSorted(), labels.toSorted())
  expectBody(response, { totalResults: labels.length })
}

/** Which users the list holds, in its order; the user name of one that is not ours. */
export function labelsOf(client: ScimClient, response: ScimResponse): string[] {
  return resourcesOf(response).map(({ userName }) =>
    String(userName).replace(new RegExp(`^${client.unique}-(.*)@example\\.com$`), '$1'),
  )
}

/** Fails the check unless the filter is refused with 400 invalidFilter. */
export async function expectRefusedFilter(client: ScimClient, filter: string): Promise<void> {
  expectError(await client.get('/Users', { filter }), 400, 'invalidFilter')
}
