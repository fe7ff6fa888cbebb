// What real identity providers send beside the standard; refusing it breaks their provisioning (RFC 7643 §2.2 and §2.3
// leave room, RFC 7644 §3.3 lets the server ignore what it does not keep).
import { type Check, check } from '../check.ts'
import { expectBody, expectStatus } from '../expect.ts'
import { userUrn } from '../urns.ts'

export const toleranceChecks: readonly Check[] = [
  check('Interop: an unknown attribute does not make a create fail', async (client) => {
    const { path } = await client.createUser({ favouriteHarbour: 'Skagen', displayName: 'Kept' })
    expectBody(await client.read(path), { displayName: 'Kept' })
  }),
  check('Interop: an unknown extension does not make a create fail', async (client) => {
    const urn = 'urn:example:params:scim:schemas:extension:harbour:2.0:User'
    const body = { ...client.userBody(), schemas: [userUrn, urn], [urn]: { berth: 'A1' } }
    expectStatus(await client.post('/Users', body), 201)
  }),
  check('Interop: an unknown attribute does not make a PUT fail', async (client) => {
    const { path } = await client.createUser()
    expectStatus(await client.put(path, client.userBody({ favouriteHarbour: 'Skagen' })), 200)
  }),
  check('Interop: primary as the string "true" is stored as a boolean', async (client) => {
    const value = `${client.unique}@example.com`
    const { path } = await client.createUser({ emails: [{ value, type: 'work', primary: 'True' }] })
    expectBody(await client.read(path), { emails: [{ value, primary: true }] })
  }),
  check('Interop: active as the string "False" is stored as false', async (client) => {
    const { path } = await client.createUser()
    await client.patch(path, { op: 'Replace', path: 'active', value: 'False' })
    expectBody(await client.read(path), { active: false })
  }),
  check('Interop: remove members with a value array removes only those', async (client) => {
    const [ann, bob] = [await client.createUser({}, 'ann'), await client.createUser({}, 'bob')]
    const group = await client.createGroup({ members: [{ value: ann.id }, { value: bob.id }] })
    await client.patch(group.path, { op: 'Remove', path: 'members', value: [{ value: ann.id }] })
    expectBody(await client.read(group.path), { members: { $exact: [{ value: bob.id }] } })
  }),
  check('Interop: an unknown query parameter is ignored', async (client) => {
    const { path } = await client.createUser()
    expectStatus(await client.get(path, { aadOptscim062020: '' }), 200)
  }),
]
