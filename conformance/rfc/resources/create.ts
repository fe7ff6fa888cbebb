// Creating resources: RFC 7644 §3.3, attribute rules of RFC 7643 §2 and §3.
import { type Check, check } from '../check.ts'
import { expectBody, expectEqual, expectError, expectStatus, fail } from '../expect.ts'
import { enterpriseUrn, groupUrn, userUrn } from '../urns.ts'

const dateTime = { $regex: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$' }

export const createChecks: readonly Check[] = [
  check('RFC 7644 §3.3 a created resource is 201 with Location equal to meta.location', async (client) => {
    const { response, id } = await client.createUser()
    expectBody(response, { meta: { location: response.headers['location'] ?? 'a Location header' } })
    expectBody(response, { meta: { location: { $regex: `/Users/${id}$` } } })
  }),
  check('RFC 7644 §3.3 the Location of a created resource can be read', async (client) => {
    const { id, response } = await client.createUser()
    const location = URL.parse(response.headers['location'] ?? '', `${client.baseUrl}/`)
    const path = location?.pathname.split('/').slice(-2).join('/')
    expectBody(await client.read(`/${path}`), { id })
  }),
  check('RFC 7644 §3.3 the created representation has id, schemas, meta and what was sent', async (client) => {
    const name = { givenName: 'Ada', familyName: 'Marsh' }
    const { response } = await client.createUser({ displayName: 'Ada Marsh', name, active: true })
    expectBody(response, {
      schemas: [userUrn],
      id: { $nonEmpty: true },
      userName: client.userName(),
      displayName: 'Ada Marsh',
      name,
      active: true,
      meta: { resourceType: 'User', created: dateTime, lastModified: dateTime },
    })
  }),
  check('RFC 7644 §3.1 a created representation is application/scim+json', async (client) => {
    const { response } = await client.createUser()
    expectEqual(response, 'content type', response.headers['content-type']?.split(';')[0], 'application/scim+json')
  }),
  check('RFC 7643 §3.1 id is the server’s: one sent by the client is ignored', async (client) => {
    const { id, response } = await client.createUser({ id: client.unique })
    if (id === client.unique) fail(response, 'an id made by the server', id)
  }),
  check('RFC 7644 §3.3 readOnly meta and groups in the request are ignored', async (client) => {
    const { path } = await client.createUser({
      meta: { resourceType: 'Robot', created: '2001-01-01T00:00:00Z', location: 'https://example.com/x' },
      groups: [{ value: client.unique, display: 'Admins' }],
    })
    expectBody(await client.read(path), {
      meta: { resourceType: 'User', created: { $regex: '^(?!2001)' }, location: { $regex: '/Users/' } },
      groups: { $blank: true },
    })
  }),
  check('RFC 7643 §3.1 externalId is kept as sent', async (client) => {
    const externalId = `${client.unique}-Ext/Äb`
    const { path } = await client.createUser({ externalId })
    expectBody(await client.read(path), { externalId })
  }),
  check('RFC 7644 §3.3 a taken userName is 409 uniqueness', async (client) => {
    await client.createUser()
    expectError(await client.post('/Users', client.userBody()), 409, 'uniqueness')
  }),
  check('RFC 7643 §4.1.1 userName is unique without regard to case', async (client) => {
    await client.createUser()
    const body = client.userBody({ userName: client.userName().toUpperCase() })
    expectError(await client.post('/Users', body), 409, 'uniqueness')
  }),
  check('RFC 7644 §3.3 a refused duplicate leaves the existing resource alone', async (client) => {
    const { path } = await client.createUser({ displayName: 'First' })
    expectStatus(await client.post('/Users', client.userBody({ displayName: 'Second' })), 409)
    expectBody(await client.read(path), { displayName: 'First' })
  }),
  check('RFC 7643 §4.1.1 a user without userName is 400', async (client) => {
    const body = { schemas: [userUrn], displayName: client.unique }
    expectError(await client.post('/Users', body), 400, 'invalidValue', 'invalidSyntax')
  }),
  check('RFC 7643 §4.1.1 an empty or null userName is 400', async (client) => {
    for (const userName of ['', null]) {
      const body = { schemas: [userUrn], userName }
      expectError(await client.post('/Users', body), 400, 'invalidValue', 'invalidSyntax')
    }
  }),
  check('RFC 7643 §4.2 a group without displayName is 400', async (client) => {
    expectError(await client.post('/Groups', { schemas: [groupUrn] }), 400, 'invalidValue', 'invalidSyntax')
  }),
  check('RFC 7643 §2.5 null and an empty array mean unassigned', async (client) => {
    const { path } = await client.createUser({ title: null, emails: [], phoneNumbers: null })
    const nothing = { $blank: true }
    expectBody(await client.read(path), { title: nothing, emails: nothing, phoneNumbers: nothing })
  }),
  check('RFC 7643 §2.1 attribute names in the body are case-insensitive', async (client) => {
    const body = { schemas: [userUrn], USERNAME: client.userName(), DisplayName: 'Any Case', Name: { FAMILYNAME: 'X' } }
    const response = await client.post('/Users', body)
    expectStatus(response, 201)
    expectBody(response, { userName: client.userName(), displayName: 'Any Case', name: { familyName: 'X' } })
  }),
  check('RFC 7643 §3.3 the enterprise extension is kept under its URN, which schemas lists', async (client) => {
    const extension = { department: 'Tide Office', employeeNumber: '007' }
    const { path } = await client.createUser({ [enterpriseUrn]: extension })
    expectBody(await client.read(path), { schemas: [userUrn, enterpriseUrn], [enterpriseUrn]: extension })
  }),
  check('RFC 7643 §2.4 multi-valued attributes keep their sub-attributes', async (client) => {
    const emails = [
      { value: `${client.unique}-w@example.com`, type: 'work', primary: true },
      { value: `${client.unique}-h@example.com`, type: 'home' },
    ]
    const addresses = [{ type: 'work', streetAddress: '1 Quay', locality: 'Port', country: 'NO' }]
    const { path } = await client.createUser({ emails, addresses })
    expectBody(await client.read(path), { emails, addresses })
  }),
  check('RFC 7643 §2.4 no more than one value is primary', async (client) => {
    const emails = ['a', 'b'].map((label) => ({ value: `${client.unique}-${label}@example.com`, primary: true }))
    const response = await client.post('/Users', client.userBody({ emails }))
    expectStatus(response, 201, 400)
    if (response.status === 201) {
      const primaries = (response.body['emails'] as { primary?: unknown }[] | undefined)?.filter(
        (e) => e.primary === true,
      )
      if ((primaries?.length ?? 0) > 1) fail(response, 'at most one primary e-mail', `${primaries?.length}`)
    }
  }),
  check('RFC 7644 §3.8 text outside ASCII is kept', async (client) => {
    const displayName = 'Zoë Øst 林 🌊'
    const { path } = await client.createUser({ displayName })
    expectBody(await client.read(path), { displayName })
  }),
]
