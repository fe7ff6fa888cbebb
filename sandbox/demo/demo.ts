// `npm run demo`: starts a server, lets an emulated Okta and Entra ID provision two companies into it, and shows who
// may do what and how fast that changes. Ends with the server running; with --exit or DEMO_EXIT=1 it stops it.
import { setTimeout as sleep } from 'node:timers/promises'
import { createEntra } from '../entra.ts'
import { createOkta } from '../okta.ts'
import { createRolecallApi } from '../rolecall-api.ts'
import { memberOfOnly, showAccess } from './access-table.ts'
import { personLeaves, personMoves } from './changes.ts'
import { createRolecallCommand } from './command-line.ts'
import { sayFarewell } from './farewell.ts'
import { hireFreelancer, secondName, workForBoth } from './freelancer.ts'
import { cast, entraMappings, oktaMappings, organizationName } from './northwind.ts'
import { createOutput, type Output } from './output.ts'
import { createFeed, provision } from './provisioning.ts'
import { freePort, type ServerProcess, startServer } from './server-process.ts'
import {
  createApiKey,
  createBrands,
  createDecisionKey,
  createDirectory,
  createMappings,
  createOrganization,
} from './set-up.ts'
import { connectSignIn, type SignInScene, type Visitor, visitApplication } from './sign-in.ts'

type Scene = { output: Output; env: NodeJS.ProcessEnv; origin: string; setting: string }

process.exit(await main())

async function main(): Promise<number> {
  const output = createOutput(process.stdout, process.env)
  const isBrief = process.argv.includes('--exit') || process.env['DEMO_EXIT'] === '1'
  const signalled = nextSignal()
  let server: ServerProcess | undefined
  const scenes: SignInScene[] = []
  try {
    const scene = await prepare(output)
    output.heading('A server of your own')
    server = startServer(scene.env, scene.origin)
    const isInterrupted = signalled.then(() => true as const)
    const farewell = await Promise.race([isInterrupted, server.failed, play(scene, server, scenes)])
    if (farewell === true) {
      await stop(server, await signalled, output)
      return 130
    }
    if (!isBrief) {
      farewell()
      await Promise.race([signalled, server.failed])
    }
    for (const signIn of scenes) await signIn.stop()
    await stop(server, isBrief ? 'SIGTERM' : await signalled, output)
    return 0
  } catch (error) {
    for (const signIn of scenes) await signIn.stop()
    output.failure(error instanceof Error ? error.message : String(error))
    const lastLines = server?.lastLines().slice(-12) ?? []
    if (lastLines.length > 0) output.line(['The server said last:', ...lastLines].join('\n  '))
    await server?.stop()
    return 1
  }
}

/** Decides where the server keeps its data and listens. */
async function prepare(output: Output): Promise<Scene> {
  const wanted = Number(process.env['PORT'] ?? 8080)
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 65_535)
    throw new Error(`PORT is no port: ${process.env['PORT']}`)
  const port = await freePort(wanted)
  if (port !== wanted) output.notice(`Port ${wanted} is taken, so the server listens on ${port}`)
  const dataDir = process.env['DATA_DIR'] ?? './data'
  const setting = `${dataDir === './data' ? '' : `DATA_DIR=${dataDir} `}${port === 8080 ? '' : `PORT=${port} `}`
  // Browsers take the cookies of a development server by the name localhost; the emulated provider listens beside it.
  const origin = `http://localhost:${port}`
  const env = { PUBLIC_URL: origin, ALLOW_LOOPBACK: 'true', ...process.env, DATA_DIR: dataDir, PORT: String(port) }
  return { output, env, origin, setting: `ALLOW_LOOPBACK=true PUBLIC_URL=${origin} ${setting}` }
}

/** The whole story. Answers with what prints the farewell. */
async function play(
  { output, env, origin, setting }: Scene,
  server: ServerProcess,
  scenes: SignInScene[],
): Promise<() => void> {
  const database = env['DATABASE_URL'] === undefined ? `its own PostgreSQL in ${env['DATA_DIR']}` : 'your PostgreSQL'
  await output.during(`Server with ${database}, ready at ${origin}`, server.ready())

  output.heading(`${organizationName}: one organization, three brands, two directories`)
  const rolecall = createRolecallCommand(env)
  const organization = await output.during('Organization', createOrganization(rolecall))
  const brands = await output.during('Brands Aurora, Borealis and Cascade', createBrands(rolecall, organization))
  const connect = (name: string) => createDirectory(rolecall, organization, { name, origin })
  const apart = Promise.all([
    connect('Head office (Okta)'),
    connect('Studio (Entra ID)'),
    createApiKey(rolecall, organization),
    createDecisionKey(rolecall),
  ])
  const [headOfficeDirectory, studioDirectory, apiKey, decisionKey] = await output.during(
    'Two SCIM directories, an API key, and a key of the platform',
    apart,
  )

  output.heading('Okta and Entra ID provision at the same time')
  const { headOffice, studio } = cast()
  const okta = createFeed(createOkta, headOfficeDirectory, headOffice)
  const entra = createFeed(createEntra, studioDirectory, studio)
  await provision([okta, entra], output)

  output.heading('Groups become roles')
  const oktaPlan = { provider: okta.provider, plans: oktaMappings, brands }
  const entraPlan = { provider: entra.provider, plans: entraMappings, brands }
  await output.during(`${oktaMappings.length} groups of Okta mapped`, createMappings(rolecall, organization, oktaPlan))
  await output.during(
    `${entraMappings.length} groups of Entra ID mapped`,
    createMappings(rolecall, organization, entraPlan),
  )

  output.heading('Who has what, where and why')
  const leaver = memberOfOnly(headOffice, 'Aurora Editors')
  const mover = memberOfOnly(studio, 'Cascade Editors')
  const people = [
    { person: memberOfOnly(headOffice, 'Platform Administrators'), feed: okta },
    { person: memberOfOnly(headOffice, 'Aurora Editors', 'Borealis Editors'), feed: okta },
    { person: memberOfOnly(headOffice, 'Borealis Viewers'), feed: okta },
    { person: leaver, feed: okta },
    { person: mover, feed: entra },
    { person: memberOfOnly(studio, 'Cascade Viewers', 'Aurora Guest Viewers'), feed: entra },
    { person: memberOfOnly(studio), feed: entra },
  ]
  await showAccess(people, { rolecall, organization, brands, output })

  output.heading('People sign in')
  const signingIn = connectSignIn({
    ...{ rolecall, organization, decisionKey, issuer: origin },
    directoryId: headOfficeDirectory.directoryId,
    domain: headOffice.domain,
    people: people.filter(({ feed }) => feed === okta).map(({ person }) => person),
  })
  const signIn = await output.during('Connection to an emulated Okta, and the example application', signingIn)
  scenes.push(signIn)
  const arriving = visitApplication(signIn, leaver, origin)
  const visitor = await output.during(`${leaver.displayName} signs in to the application through Okta`, arriving)
  output.line(`  The application says: ${await visitor.page()}`)

  output.heading('A freelancer works for two customers, by one application')
  const hiring = hireFreelancer(rolecall, { organization, brand: 'aurora' })
  const employers = await output.during(`${secondName}, another organization, and an account in each`, hiring)
  const working = workForBoth(signIn, origin, employers)
  const said = await output.during('Signed in for one, then for the other, then back without a question', working)
  for (const page of said) output.line(`  The application says: ${page}`)

  output.heading('Two people change, and the answers change with them')
  const stage = { api: createRolecallApi({ origin, apiKey }), brands, output }
  await personLeaves(leaver, okta, stage)
  if (await visitor.isSignedIn()) throw new Error(`${leaver.displayName} is still signed in`)
  output.line(`  ${leaver.displayName}'s session ended with it. The application says: ${await untilSignedOut(visitor)}`)
  output.line()
  await personMoves(mover, entra, stage)

  const brand = brands.get('Borealis')
  if (brand === undefined) throw new Error('The brand Borealis was not created')
  const moved = { person: mover, userId: entra.provider.userId(mover.key) }
  const feeds = [okta, entra]
  const [first] = people
  const example = { signIn, person: first?.person ?? mover }
  return () => sayFarewell({ output, origin, organization, apiKey, feeds, mover: moved, brand, setting, example })
}

/** Rolecall tells the application by back-channel logout, which takes a moment. */
async function untilSignedOut(visitor: Visitor): Promise<string> {
  for (let round = 0; round < 50; round += 1) {
    const page = await visitor.page()
    if (!page.includes('Hello')) return page
    await sleep(100)
  }
  throw new Error('The application was not told that the session has ended')
}

async function stop(server: ServerProcess, signal: NodeJS.Signals, output: Output): Promise<void> {
  output.line()
  // A closed terminal (SIGHUP) is to end the server as orderly as Ctrl-C does.
  await output.during('Server stopped', server.stop(signal === 'SIGHUP' ? 'SIGTERM' : signal))
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, resolve)
  })
}
