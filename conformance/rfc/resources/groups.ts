// Groups and their members: RFC 7643 §4.2, and the `groups` of a user: RFC 7643 §4.1.2.
import { type Check, check } from '../check.ts'
import { expectBody, expectError, expectStatus } from '../expect.ts'
import { groupUrn } from '../urns.ts'

export const groupChecks: readonly Check[] = [
  check('RFC 7643 §4.2 a created group has displayName, members and meta', async (client) => {
    const user = await client.createUser()
    const { path } = await client.createGroup({ externalId: client.unique, members: [{ value: user.id }] })
    expectBody(await client.read(path), {
      schemas: [groupUrn],
      displayName: `${client.unique}-group`,
      externalId: client.unique,
      members: { $exact: [{ value: user.id }] },
      meta: { resourceType: 'Group', location: { $regex: `${path}$` } },
    })
  }),
  check('RFC 7643 §4.2 a member has value, type and a $ref to the resource', async (client) => {
    const user = await client.createUser()
    const { path } = await client.createGroup({ members: [{ value: user.id }] })
    expectBody(await client.read(path), {
      members: [{ value: user.id, type: 'User', $ref: { $regex: `/?Users/${user.id}$` } }],
    })
  }),
  check('RFC 7643 §4.1.2 a user lists the groups it is in', async (client) => {
    const user = await client.createUser()
    const group = await client.createGroup({ members: [{ value: user.id }] })
    expectBody(await client.read(user.path), {
      groups: { $exact: [{ value: group.id, display: `${client.unique}-group` }] },
    })
  }),
  check('RFC 7643 §4.1.2 the groups of a user cannot be changed through the user', async (client) => {
    const user = await client.createUser()
    const group = await client.createGroup()
    const operation = { op: 'add', path: 'groups', value: [{ value: group.id }] }
    const response = await client.tryPatch(user.path, operation)
    if (response.status === 400) expectError(response, 400, 'mutability')
    else expectStatus(response, 200, 204)
    expectBody(await client.read(group.path), { members: { $blank: true } })
    expectBody(await client.read(user.path), { groups: { $blank: true } })
  }),
  check('RFC 7643 §4.1.2 a deleted group disappears from the user', async (client) => {
    const user = await client.createUser()
    const group = await client.createGroup({ members: [{ value: user.id }] })
    expectStatus(await client.delete(group.path), 204)
    expectBody(await client.read(user.path), { groups: { $blank: true } })
  }),
  check('RFC 7643 §4.2 a deleted user disappears from the members', async (client) => {
    const [ann, bob] = [await client.createUser({}, 'ann'), await client.createUser({}, 'bob')]
    const group = await client.createGroup({ members: [{ value: ann.id }, { value: bob.id }] })
    expectStatus(await client.delete(ann.path), 204)
    expectBody(await client.read(group.path), { members: { $exact: [{ value: bob.id }] } })
  }),
  check('RFC 7643 §4.2 a deactivated user stays a member', async (client) => {
    const user = await client.createUser()
    const group = await client.createGroup({ members: [{ value: user.id }] })
    await client.patch(user.path, { op: 'replace', path: 'active', value: false })
    expectBody(await client.read(group.path), { members: [{ value: user.id }] })
  }),
  check('RFC 7643 §4.2 a group can be a member, with type Group', async (client) => {
    const inner = await client.createGroup({}, 'inner')
    const outer = await client.createGroup({ members: [{ value: inner.id, type: 'Group' }] }, 'outer')
    expectBody(await client.read(outer.path), {
      members: { $exact: [{ value: inner.id, type: 'Group', $ref: { $regex: `/?Groups/${inner.id}$` } }] },
    })
  }),
  check('RFC 7643 §4.1.2 a user in a nested group lists the direct group as direct', async (client) => {
    const user = await client.createUser()
    const inner = await client.createGroup({ members: [{ value: user.id }] }, 'inner')
    await client.createGroup({ members: [{ value: inner.id, type: 'Group' }] }, 'outer')
    const type = { $oneOf: ['direct', { $absent: true }] }
    expectBody(await client.read(user.path), { groups: [{ value: inner.id, type }] })
  }),
  check('RFC 7643 §2.4 a member named twice is stored once', async (client) => {
    const user = await client.createUser()
    const { path } = await client.createGroup({ members: [{ value: user.id }, { value: user.id }] })
    expectBody(await client.read(path), { members: { $exact: [{ value: user.id }] } })
  }),
  check('RFC 7644 §3.5.1 PUT replaces the members of a group', async (client) => {
    const [ann, bob] = [await client.createUser({}, 'ann'), await client.createUser({}, 'bob')]
    const { path } = await client.createGroup({ members: [{ value: ann.id }] })
    const body = { schemas: [groupUrn], displayName: `${client.unique}-renamed`, members: [{ value: bob.id }] }
    expectStatus(await client.put(path, body), 200)
    expectBody(await client.read(path), {
      displayName: `${client.unique}-renamed`,
      members: { $exact: [{ value: bob.id }] },
    })
  }),
  check('RFC 7644 §3.5.1 PUT without members empties the group', async (client) => {
    const user = await client.createUser()
    const { path } = await client.createGroup({ members: [{ value: user.id }] })
    expectStatus(await client.put(path, { schemas: [groupUrn], displayName: `${client.unique}-group` }), 200)
    expectBody(await client.read(path), { members: { $blank: true } })
  }),
  check('RFC 7644 §3.4.2.2 groups are found by displayName without regard to case', async (client) => {
    const { id } = await client.createGroup()
    const filter = `displayName eq "${client.unique.toUpperCase()}-GROUP"`
    expectBody(await client.read('/Groups', { filter }), { totalResults: 1, Resources: [{ id }] })
  }),
  check('RFC 7644 §3.4.2.2 groups are found by a member', async (client) => {
    const user = await client.createUser()
    const group = await client.createGroup({ members: [{ value: user.id }] }, 'with')
    await client.createGroup({}, 'without')
    for (const filter of [`members.value eq "${user.id}"`, `members[value eq "${user.id}"]`]) {
      expectBody(await client.read('/Groups', { filter }), {
        totalResults: 1,
        Resources: { $exact: [{ id: group.id }] },
      })
    }
  }),
]
