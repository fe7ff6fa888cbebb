// The frame of the console's pages: sections at the side (on a phone, behind a button that needs no script), the title with its
// buttons, and what has just happened.
import type { Child } from 'hono/jsx'
import { Alert } from '#http/ui/content.tsx'
import { Logo } from '#http/ui/logo.tsx'
import { Document, UserMenu } from '#http/ui/page.tsx'
import { InZone } from '#http/ui/time.tsx'
import { brandsPermitted, type CallContext, isPermitted, type ManagementPermission } from '#src/context.ts'
import type { Frame } from './env.ts'
import { noticeText } from './notices.ts'
import { SupportBanners } from './support-banners.tsx'

type SectionLink = { label: string; href: string; needs: ManagementPermission; isDelegable?: boolean }

const groups = [
  {
    label: 'People',
    links: {
      users: { label: 'Users', href: '/console/users', needs: 'users.read', isDelegable: true },
      groups: { label: 'Groups', href: '/console/groups', needs: 'groups.read' },
      teams: { label: 'Teams', href: '/console/teams', needs: 'teams.read', isDelegable: true },
      invitations: { label: 'Invitations', href: '/console/invitations', needs: 'invitations.read', isDelegable: true },
      leftBehind: { label: 'Left behind', href: '/console/left-behind', needs: 'users.read', isDelegable: true },
      checklists: { label: 'Checklists', href: '/console/checklists', needs: 'users.read' },
    },
  },
  {
    label: 'Access',
    links: {
      brands: { label: 'Brands', href: '/console/brands', needs: 'brands.read', isDelegable: true },
      roles: { label: 'Roles', href: '/console/roles', needs: 'roles.read', isDelegable: true },
      mappings: { label: 'Mappings', href: '/console/mappings', needs: 'mappings.read' },
      policies: { label: 'Policies', href: '/console/policies', needs: 'roles.read' },
      drafts: { label: 'Drafts', href: '/console/drafts', needs: 'roles.read' },
      reviews: { label: 'Reviews', href: '/console/reviews', needs: 'assignments.read', isDelegable: true },
    },
  },
  {
    label: 'Identity providers',
    links: {
      connections: { label: 'Connections', href: '/console/connections', needs: 'connections.read' },
      directories: { label: 'Directories', href: '/console/directories', needs: 'directories.read' },
      provisioning: { label: 'Provisioning log', href: '/console/provisioning', needs: 'directories.read' },
      signIns: { label: 'Sign-ins', href: '/console/sign-ins', needs: 'sign_ins.read' },
    },
  },
  {
    label: 'Organization',
    links: {
      reports: { label: 'Reports', href: '/console/reports', needs: 'audit.read' },
      audit: { label: 'Audit', href: '/console/audit', needs: 'audit.read', isDelegable: true },
      settings: { label: 'Settings', href: '/console/settings', needs: 'organization.read' },
      emergency: { label: 'Emergency access', href: '/console/emergency', needs: 'accounts.write' },
    },
  },
] as const satisfies readonly { label: string; links: Record<string, SectionLink> }[]

type KeysOf<T> = T extends unknown ? keyof T : never
export type ConsoleSection = 'overview' | KeysOf<(typeof groups)[number]['links']>

/** The way to a page below a section. */
export function sectionTrail(section: ConsoleSection): { label: string; href: string }[] {
  const link = groups.flatMap(({ links }) => Object.entries<SectionLink>(links)).find(([key]) => key === section)?.[1]
  return link === undefined ? [] : [{ label: link.label, href: link.href }]
}

/** Whether somebody who may do this, at least in some brand, sees the section. */
const isOpen = (ctx: CallContext, { needs, isDelegable = false }: SectionLink): boolean =>
  isDelegable ? brandsPermitted(ctx, needs).length > 0 : isPermitted(ctx, needs)

export type ConsolePageProps = {
  /** Undefined for a page of none of them. */
  section: ConsoleSection | undefined
  title: string
  frame: Frame
  /** A sentence below the title. */
  lead?: Child
  /** Buttons beside the title. */
  actions?: Child
  /** The pages above this one, from the section down. */
  trail?: readonly { label: string; href: string }[]
  children?: Child
}

export const ConsolePage = ({ section, title, frame, trail = [], ...rest }: ConsolePageProps) => {
  const { ctx, manager, notice } = frame
  return (
    <InZone timeZone={manager.timeZone}>
      <Document
        title={title}
        organization={manager.organization.name}
        styles={['console.css']}
        scripts={['htmx.js', 'htmx-sse.js', 'console.js']}
        meta={[{ name: 'htmx-config', content: htmxConfig }]}
        bodyClass="console-page"
      >
        {manager.isEmergency ? <EmergencyBanner /> : null}
        <SupportBanners frame={frame} />
        <header class="console-bar">
          <a class="brand" href="/console">
            <Logo />
            <span class="brand-name">{manager.organization.name}</span>
          </a>
          {manager.support === undefined ? (
            <UserMenu name={manager.name} accountPath="/account" signOutPath="/account/sign-out" />
          ) : (
            <span class="user-menu">{manager.name} (support)</span>
          )}
        </header>
        <div class="console-body">
          <details class="console-menu" open={false}>
            <summary class="btn">Menu</summary>
            <Navigation ctx={ctx} section={section} label="Sections, in the menu" />
          </details>
          <div class="console-side">
            <Navigation ctx={ctx} section={section} label="Sections" />
          </div>
          <main id="main" tabindex={-1}>
            {trail.length === 0 ? null : <Trail links={trail} />}
            <div class="title-row">
              <div>
                <h1>{title}</h1>
                {rest.lead === undefined ? null : <p class="lead-sentence">{rest.lead}</p>}
              </div>
              {rest.actions === undefined ? null : <div class="actions">{rest.actions}</div>}
            </div>
            {notice === undefined ? null : <Alert kind={notice.kind} title={noticeText(notice)} />}
            {rest.children}
          </main>
        </div>
      </Document>
    </InZone>
  )
}

/** htmx without what the content security policy forbids: no style of its own, no eval, no requests elsewhere. */
export const htmxConfig = JSON.stringify({
  ...{ includeIndicatorStyles: false, allowEval: false, selfRequestsOnly: true, historyCacheSize: 0 },
  ...{ refreshOnHistoryMiss: true, allowScriptTags: false },
})

const EmergencyBanner = () => (
  <div class="emergency-banner" role="status">
    <strong>Emergency access.</strong> All administrators were alarmed, and every step is recorded. Repair what is
    broken, then sign out.
  </div>
)

const Trail = ({ links }: { links: readonly { label: string; href: string }[] }) => (
  <nav class="trail" aria-label="Where this page is">
    <ol>
      {links.map(({ label, href }) => (
        <li>
          <a href={href}>{label}</a>
        </li>
      ))}
    </ol>
  </nav>
)

const Navigation = ({
  ctx,
  section,
  label,
}: {
  ctx: CallContext
  section: ConsoleSection | undefined
  label: string
}) => (
  <nav aria-label={label}>
    <ul class="console-sections">
      <li>
        <SectionItem link={{ label: 'Overview', href: '/console' }} isCurrent={section === 'overview'} />
      </li>
      {groups.map((group) => {
        const open = Object.entries<SectionLink>(group.links).filter(([, link]) => isOpen(ctx, link))
        if (open.length === 0) return null
        return (
          <li>
            <span class="console-group">{group.label}</span>
            <ul>
              {open.map(([key, link]) => (
                <li>
                  <SectionItem link={link} isCurrent={key === section} />
                </li>
              ))}
            </ul>
          </li>
        )
      })}
    </ul>
  </nav>
)

const SectionItem = ({ link, isCurrent }: { link: { label: string; href: string }; isCurrent: boolean }) => (
  <a href={link.href} aria-current={isCurrent ? 'page' : undefined}>
    {link.label}
  </a>
)
