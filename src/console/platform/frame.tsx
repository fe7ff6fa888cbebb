// The frame of the pages of the platform: its sections, and that one is above the organizations here.
import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import type { OperatorRole } from '#access/platform/operators/operators.ts'
import type { AppEnv } from '#http/env.ts'
import { Alert } from '#http/ui/content.tsx'
import { Logo } from '#http/ui/logo.tsx'
import { Document, UserMenu } from '#http/ui/page.tsx'
import type { CallContext } from '#src/context.ts'
import { type Notice, noticeOf, noticeText } from '../ui/notices.ts'

export type PlatformEnv = {
  Variables: AppEnv['Variables'] & { ctx: CallContext; operator: { name: string; role: OperatorRole } }
}

export type PlatformFrame = { ctx: CallContext; name: string; mayChange: boolean; notice: Notice | undefined }

export const frameOf = (c: Context<PlatformEnv>): PlatformFrame => {
  const { name, role } = c.get('operator')
  return { ctx: c.get('ctx'), name, mayChange: role === 'administrator', notice: noticeOf(c.req.query('done')) }
}

const sections = {
  organizations: { label: 'Organizations', href: '/platform' },
  applications: { label: 'Applications', href: '/platform/applications' },
  keys: { label: 'Platform keys', href: '/platform/keys' },
  operators: { label: 'Operators', href: '/platform/operators' },
  queue: { label: 'Queue', href: '/platform/queue' },
  mail: { label: 'Mail', href: '/platform/mail' },
  installation: { label: 'Installation', href: '/platform/installation' },
  audit: { label: 'Audit', href: '/platform/audit' },
} as const

export type PlatformSection = keyof typeof sections

type PlatformPageProps = {
  frame: PlatformFrame
  section: PlatformSection | undefined
  title: string
  lead?: Child
  actions?: Child
  children?: Child
}

export const PlatformPage = ({ frame, section, title, lead, actions, children }: PlatformPageProps) => (
  <Document
    title={title}
    organization="Platform"
    styles={['console.css']}
    scripts={['console.js']}
    bodyClass="console-page"
  >
    <header class="console-bar">
      <a class="brand" href="/platform">
        <Logo />
        <span class="brand-name">Platform</span>
      </a>
      <UserMenu name={frame.name} accountPath="/account" signOutPath="/account/sign-out" />
    </header>
    <div class="console-body">
      <details class="console-menu" open={false}>
        <summary class="btn">Menu</summary>
        <Navigation section={section} label="Sections, in the menu" />
      </details>
      <div class="console-side">
        <Navigation section={section} label="Sections" />
      </div>
      <main id="main" tabindex={-1}>
        <div class="title-row">
          <div>
            <h1>{title}</h1>
            {lead === undefined ? null : <p class="lead-sentence">{lead}</p>}
          </div>
          {actions === undefined ? null : <div class="actions">{actions}</div>}
        </div>
        {frame.notice === undefined ? null : <Alert kind={frame.notice.kind} title={noticeText(frame.notice)} />}
        {children}
      </main>
    </div>
  </Document>
)

const Navigation = ({ section, label }: { section: PlatformSection | undefined; label: string }) => (
  <nav aria-label={label}>
    <ul class="console-sections">
      {Object.entries(sections).map(([key, link]) => (
        <li>
          <a href={link.href} aria-current={key === section ? 'page' : undefined}>
            {link.label}
          </a>
        </li>
      ))}
      <li>
        <a href="/console">Your organization’s console</a>
      </li>
    </ul>
  </nav>
)
