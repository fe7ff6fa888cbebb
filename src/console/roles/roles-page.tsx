// All roles with what they allow, and the packs that there are.
import type { CatalogueEntry } from '#access/decisions/catalogue.ts'
import type { RolePack } from '#access/grants/roles/role-packs.ts'
import type { RoleUse } from '#access/grants/roles/role-uses.ts'
import type { RoleRecord } from '#access/grants/roles/roles.ts'
import { PrimaryLink } from '#http/ui/buttons.tsx'
import { Table } from '#http/ui/content.tsx'
import { isPermitted } from '#src/context.ts'
import { counted } from '#words/counts.ts'
import type { Frame } from '../ui/env.ts'
import { ConsolePage } from '../ui/frame.tsx'
import { Badge, ButtonForm, Panel } from '../ui/parts.tsx'
import { PermissionMatrix } from './permission-matrix.tsx'

export type RoleListProps = {
  frame: Frame
  roles: readonly RoleRecord[]
  uses: ReadonlyMap<string, RoleUse>
  catalogue: readonly CatalogueEntry[]
  packs: readonly (RolePack & { isInstalled: boolean })[]
}

export const RoleListPage = ({ frame, roles, uses, catalogue, packs }: RoleListProps) => {
  const mayWrite = isPermitted(frame.ctx, 'roles.write')
  const missing = packs.filter(({ isInstalled }) => !isInstalled)
  return (
    <ConsolePage
      frame={frame}
      section="roles"
      title="Roles"
      lead="Named sets of permissions. People get them through mappings of their groups, or directly."
      actions={mayWrite ? <PrimaryLink href="/console/roles/new">New role</PrimaryLink> : null}
    >
      <Table
        caption="Roles"
        columns={['Role', 'Kind', { label: 'Rank', isNumeric: true }, 'Given by']}
        rows={roles.map((role) => [
          <>
            <a href={`/console/roles/${role.id}`}>{role.name}</a>
            <div class="under">{role.purpose}</div>
          </>,
          role.isBuiltIn ? <Badge tone="quiet">Ready-made</Badge> : <Badge tone="info">Custom</Badge>,
          role.rank,
          <Uses use={uses.get(role.id)} />,
        ])}
      />
      <h2>What each role allows</h2>
      <PermissionMatrix caption="Permissions of the roles" catalogue={catalogue} roles={roles} />
      {!mayWrite || missing.length === 0 ? null : (
        <Panel title="Role packs" lead="Ready-made sets. Installing one adds its roles; nobody gets them by that.">
          <Table
            caption="Role packs that can be installed"
            columns={['Pack', 'Roles', { label: 'Actions', isSilent: true }]}
            rows={missing.map(({ key, name, roles: packed }) => [
              name,
              packed.map((role) => role.name).join(', '),
              <ButtonForm
                action="/console/roles/packs"
                label={
                  <>
                    Install<span class="visually-hidden"> {name}</span>
                  </>
                }
                kind="btn-sm"
                fields={{ pack: key }}
              />,
            ])}
          />
        </Panel>
      )}
    </ConsolePage>
  )
}

export const Uses = ({ use }: { use: RoleUse | undefined }) => {
  if (use === undefined) return <span class="text-secondary">Nothing yet</span>
  const { mappings, assignments, teams, emergencyAccounts } = use
  const words = [
    ...(mappings === 0 ? [] : [`${mappings} ${mappings === 1 ? 'mapping' : 'mappings'}`]),
    ...(teams === 0 ? [] : [counted(teams, 'team')]),
    ...(assignments === 0 ? [] : [`${assignments} direct`]),
    ...(emergencyAccounts === 0 ? [] : [counted(emergencyAccounts, 'emergency account')]),
  ]
  return <span>{words.join(', ')}</span>
}
