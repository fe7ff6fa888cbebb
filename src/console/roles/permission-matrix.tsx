// Which role allows what: permissions by area, roles side by side. Allowed, denied and nothing are told apart by sign and word.
import type { CatalogueEntry } from '#access/decisions/catalogue.ts'
import { covers } from '#access/decisions/permissions.ts'
import type { RoleRecord } from '#access/grants/roles/roles.ts'

export type PermissionState = 'allowed' | 'denied' | 'none'

export const permissionStateOf = (role: Pick<RoleRecord, 'allows' | 'denies'>, permission: string): PermissionState => {
  if (role.denies.some((held) => covers(held, permission))) return 'denied'
  return role.allows.some((held) => covers(held, permission)) ? 'allowed' : 'none'
}

/** `content`, `workflow`, `app.newsletter`: what stands before the last dot. */
export const areaOf = (name: string): string => name.slice(0, name.lastIndexOf('.'))

const Cell = ({ state }: { state: PermissionState }) => {
  if (state === 'allowed')
    return (
      <span class="cell-yes">
        ✓<span class="visually-hidden"> allowed</span>
      </span>
    )
  if (state === 'denied')
    return (
      <span class="cell-deny">
        ✕<span class="visually-hidden"> denied</span>
      </span>
    )
  return (
    <span class="cell-no">
      –<span class="visually-hidden"> not allowed</span>
    </span>
  )
}

export type MatrixProps = {
  caption: string
  catalogue: readonly CatalogueEntry[]
  roles: readonly RoleRecord[]
}

export const PermissionMatrix = ({ caption, catalogue, roles }: MatrixProps) => (
  <section class="card table-responsive" aria-label={caption} tabindex={0}>
    <table class="table table-vcenter card-table matrix">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Permission</th>
          {roles.map(({ id, name }) => (
            <th scope="col">
              <a href={`/console/roles/${id}`}>{name}</a>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {catalogue.map(({ name, description }) => (
          <tr>
            <th scope="row">
              {description}
              <div class="under">
                <code>{name}</code>
              </div>
            </th>
            {roles.map((role) => (
              <td>
                <Cell state={permissionStateOf(role, name)} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)

/** What a role says beyond the catalogue: parameters and names that it has in full. */
export const specialPermissions = (held: readonly string[], catalogue: readonly CatalogueEntry[]): string[] =>
  held.filter((name) => !name.includes('*') && !catalogue.some((entry) => entry.name === name))
