// Responses at the assertion consumer service. Whoever gets in by one that was changed after it was signed is found, unless what is signed
// says the same, to the letter of its canonical form, and names the person whom it named.
import { ExclusiveCanonicalization } from 'xml-crypto'
import { createSigningKey } from '../../../sandbox/saml-idp/keys.ts'
import { buildResponse } from '../../../sandbox/saml-idp/response.ts'
import { findElements, parseXml, type XmlElement } from '../../../sandbox/saml-idp/xml.ts'
import type { TestApp } from '../../../test/support/app.ts'
import { createPerson } from '../../../test/support/people.ts'
import {
  createSamlConnection,
  createTestBrowser,
  startSaml,
  type TestBrowser,
  testKey,
  verifyDomain,
} from '../../../test/support/sign-in.ts'
import type { Answer, Player, Target } from '../target.ts'
import { cook, isWellFormed, mutateRecipe, type Recipe, recipeIn, recipes, words } from './saml-recipe.ts'

const alice = 'alice@example.com'

export const saml: Target = {
  name: 'saml',
  says: 'SAML responses, changed before and after they are signed',
  grammar: recipes,
  words,
  mutate: mutateRecipe,
  prepare: samlPlayer,
}

/** So many messages answer one request, and then the one that is right does. */
const messagesEach = 40

type Pending = { browser: TestBrowser; requestId: string; left: number }

async function samlPlayer(app: TestApp): Promise<Player> {
  const organization = await app.createOrganization()
  await verifyDomain(organization, 'example.com')
  for (const name of [alice, 'bob@example.com', 'admin@example.com']) await createPerson(organization, name)
  const connection = await createSamlConnection(organization, { jit: 'verified_domains' })
  const other = createSigningKey({ commonName: 'idp.example.net' })
  const { acsUrl, entityId: audience } = app.urls.connection(connection.id)
  const usersNow = async (): Promise<number> => {
    const [row] = await app.owner`select count(*)::int as users from users where organization_id = ${organization.id}`
    return Number(row?.['users'])
  }
  const users = await usersNow()
  let pending: Pending | undefined

  const begin = async (): Promise<Pending> => {
    const browser = createTestBrowser(app.request, app.urls.origin)
    return { browser, requestId: (await startSaml(browser, connection.id)).requestId, left: messagesEach }
  }
  const messageFor = (requestId: string): string =>
    buildResponse({
      ...{ issuer: connection.settings.idpEntityId, acsUrl, audience, inResponseTo: requestId, now: app.clock.now() },
      ...{ nameId: { value: alice }, attributes: [{ name: 'email', values: [alice] }] },
    })
  const post = async ({ browser }: Pending, wire: string): Promise<{ status: number; who: string | undefined }> => {
    const answer = await browser.postAcrossSites(`/saml/${connection.id}/acs`, { SAMLResponse: wire.toWellFormed() })
    await answer.text()
    return { status: answer.status, who: (await browser.session())?.user.userName }
  }
  /** Without it, everything might be refused for one and the same reason. */
  const control = async (used: Pending): Promise<void> => {
    const { wire } = cook(recipeIn(''), messageFor(used.requestId), testKey())
    const { status, who } = await post(used, wire)
    if (who !== alice) throw new Error(`The message unchanged does not let anybody in: ${status}`)
  }
  const play = async (input: string): Promise<Answer> => {
    pending ??= await begin()
    const recipe = recipeIn(input)
    const { sealed, wire } = cook(recipe, messageFor(pending.requestId), recipe.key === 'ours' ? testKey() : other)
    const { status, who } = await post(pending, wire)
    pending.left -= 1
    if (who === undefined && pending.left === 0) await control(pending)
    if (who !== undefined || pending.left === 0) pending = undefined
    return { status, fault: who === undefined ? undefined : faultOf(recipe, { who, sealed, wire }) }
  }
  await control(await begin())
  const settle = async (): Promise<string | undefined> =>
    (await usersNow()) === users ? undefined : 'there are people whom nobody signed for'
  return { play, seeds: [], settle }
}

type Entrance = { who: string; sealed: string; wire: string }

/** Why somebody must not have got in; undefined where the change is none that counts. */
export function faultOf({ sign, key, edits }: Recipe, { who, sealed, wire }: Entrance): string | undefined {
  if (sign === 'none' || key === 'other') return 'a message without the signature of its provider lets somebody in'
  // What its provider has signed is the provider's to say.
  if (edits.some(({ stage }) => stage === 'built')) return undefined
  if (who !== alice) return 'a changed message lets somebody else in'
  const element = sign === 'assertion' ? 'Assertion' : 'Response'
  const [signed] = canonical(sealed, element)
  const isSame =
    signed !== undefined && canonical(Buffer.from(wire, 'base64').toString('utf8'), element).includes(signed)
  return isSame ? undefined : 'a message whose signed part was changed lets somebody in'
}

/** Of each element of that name, without signatures; no element where it cannot be read. */
function canonical(xml: string, element: string): string[] {
  if (!isWellFormed(xml)) return []
  try {
    return findElements(parseXml(xml), element).map((found) => {
      for (const signature of findElements(found, 'Signature')) signature.parentNode?.removeChild(signature)
      return canonicalOf(found)
    })
  } catch {
    return []
  }
}

// The library's type is of a browser's DOM, which this one is close enough to.
const canonicalOf = (element: XmlElement): string =>
  String(
    new ExclusiveCanonicalization().process(
      element as unknown as Parameters<ExclusiveCanonicalization['process']>[0],
      {},
    ),
  )
