// Written by `npm run schemas` from schemas/openapi.json.

export type Schemas = {
  /** `externalId`, `metadata`, `seatLimit` and `deletionDueAt` are for platform keys alone */
  Organization: {
    id: string
    slug: string
    name: string
    status: "active" | "suspended"
    /** Whether an administrator of the organization has access to brands without a membership there */
    administratorBrandAccess: "explicit" | "implicit"
    /** Whether several roles in one scope unite, or only those of the highest rank count */
    roleStrategy: "union" | "highest"
    /** `privileged`: rights over others are given by drafts alone that a second person has approved */
    secondPerson: "never" | "privileged"
    createdAt: string
    updatedAt: string
    /** Your own id of it; each is given once */
    externalId?: string | null
    /** What you keep about it: up to 50 entries; its own people never see it */
    metadata?: Record<string, string>
    /** How many people may be active; null: any number. Nobody who is active is touched by it */
    seatLimit?: {
      seats: number
      /** `hold`: whoever a directory or a first sign-in brings beyond it waits to be let in */
      rule: "warn" | "hold"
    } | null
    /** When it is erased; null unless it was deleted */
    deletionDueAt?: string | null
  }
  /** RFC 9457 problem details */
  Problem: {
    type: string
    status: number
    title: string
    detail: string
    reason?: string
    errors?: Array<{
      path: string
      message: string
    }>
    requestId: string
  }
  /** RFC 9457 problem details, and what the change would do */
  PreviewRequired: (Schemas['Problem'] & {
    preview: Schemas['AccessPreview']
  })
  AccessPreview: {
    /** What saving needs */
    hash: string
    entries: Array<{
      /** Null: the organization; `others`: each brand where they have no membership and that no policy names */
      brand: ({
        id: string
        slug: string
        name: string
      } | "others" | null)
      gained: Array<string>
      lost: Array<string>
      rolesGained: Array<{
        id: string
        key: string
        name: string
      }>
      rolesLost: Array<{
        id: string
        key: string
        name: string
      }>
      isPrivileged: boolean
      count: number
      sample: Array<{
        id: string
        name: string
      }>
    }>
    gaining: number
    losing: number
    withoutAccess: {
      count: number
      sample: Array<{
        id: string
        name: string
      }>
    }
    administrators: {
      before: number
      after: number
    }
    /** Who would come to hold what a rule of separation keeps apart */
    conflicts: Array<{
      rule: {
        id: string
        name: string
      }
      /** True: the second side is withheld from them */
      isEnforced: boolean
      count: number
      sample: Array<{
        id: string
        name: string
      }>
    }>
    /** Roles that end sooner than they would have ended */
    earlierEnds: Array<{
      userId: string
      name: string
      role: string
      brand: string | null
      /** Null: it had no end */
      before: string | null
      after: string
    }>
    /** The organization wants it approved by a second person, as a draft */
    needsSecondPerson: boolean
  }
  SeatUse: {
    /** Active people */
    used: number
    /** How many people may be active; null: any number. Nobody who is active is touched by it */
    limit: {
      seats: number
      /** `hold`: whoever a directory or a first sign-in brings beyond it waits to be let in */
      rule: "warn" | "hold"
    } | null
    /** Active people with a role in the brand; somebody in two brands counts in both */
    brands: Array<{
      id: string
      slug: string
      name: string
      used: number
    }>
  }
  CreatedOrganization: {
    organization: Schemas['Organization']
    brands: Array<Schemas['Brand']>
    administrators: Array<Schemas['Invitation']>
    setupLink: (Schemas['NewSetupLink'] | null)
  }
  Brand: {
    id: string
    slug: string
    name: string
    createdAt: string
    updatedAt: string
  }
  Invitation: {
    id: string
    /** The person, who is `invited` until they accept */
    userId: string
    email: string
    displayName: string | null
    /** `withdrawn`: the person was switched off before they accepted */
    status: "pending" | "expired" | "accepted" | "cancelled" | "withdrawn"
    note: string | null
    invitedBy: string
    /** Their name */
    inviter: string | null
    sentCount: number
    createdAt: string
    expiresAt: string
    acceptedAt: string | null
    /** What the person holds once they have accepted; `brand` null: in the organization */
    roles: Array<{
      role: {
        id: string
        key: string
        name: string
      }
      brand: {
        id: string
        slug: string
        name: string
      } | null
      expiresAt: string | null
    }>
    /** Single permissions on top of them, or taken from them */
    overrides: Array<{
      permission: string
      effect: "allow" | "deny"
      brand: {
        id: string
        slug: string
        name: string
      } | null
      expiresAt: string | null
    }>
    /** Of the last mail; `kept`: there is no mail server, so it waits in the outbox */
    delivery: {
      mailId: string
      status: "queued" | "sent" | "failed" | "kept"
      lastError: string | null
    } | null
  }
  NewSetupLink: (Schemas['SetupLink'] & {
    /** The link itself; shown this once */
    url: string
  })
  SetupLink: {
    id: string
    /** For whom it was made */
    label: string
    status: "open" | "expired" | "revoked"
    /** Whether people of its directory wait to be let in */
    arrivals: "active" | "staged"
    /** E-mail domains that its holder may prove */
    domains: Array<string>
    connectionId: string | null
    directoryId: string | null
    createdBy: string
    createdAt: string
    expiresAt: string
    revokedAt: string | null
    lastUsedAt: string | null
  }
  CreateOrganization: {
    slug: string
    name: string
    /** `mixer3` unless said otherwise */
    rolePack?: string
    /** Your own id of it; each is given once */
    externalId?: string | null
    /** What you keep about it: up to 50 entries; its own people never see it */
    metadata?: Record<string, string>
    /** How many people may be active; null: any number. Nobody who is active is touched by it */
    seatLimit?: {
      seats: number
      /** `hold`: whoever a directory or a first sign-in brings beyond it waits to be let in */
      rule: "warn" | "hold"
    } | null
    brands?: Array<{
      slug: string
      name: string
    }>
    settings?: {
      /** How long requests of identity providers are kept */
      provisioningLogDays?: number
      /** How long traces of sign-ins are kept */
      signInTraceDays?: number
      /** How long mails are kept after they were sent */
      mailDays?: number
      /** Whose assignments have all ended this long ago is deactivated; null: nobody is */
      endDateGraceDays?: number | null
      /** How long somebody has to be inactive before they can be erased */
      eraseAfterDays?: number
      /** Whether deleted people are erased by themselves after `eraseAfterDays` */
      eraseDeleted?: boolean
      /** Days for which a name or address that was somebody else’s is given to nobody; 0: it is free immediately */
      reservedDays?: number
      /** Who may change addresses: `verified`: administrators, people by a link, and directories; `directory_only`: directories alone; `never`: nobody, and what a directory says waits for an administrator’s word */
      emailChange?: "verified" | "directory_only" | "never"
      /** Who may switch somebody on again: the side that switched them off, directory or administrators, or either */
      reactivation?: "by_holder" | "by_anyone"
      /** Whom to ask for access, as refusals show it */
      accessContact?: string | null
      /** Domains that invitations warn of; null: the usual ones */
      personalMailDomains?: Array<string> | null
      /** Guests hold what they are given directly for this many days at most; null: also without end */
      guestMaxDays?: number | null
      /** Domains that guests may be invited at; null: any */
      guestDomains?: Array<string> | null
    }
    /** Invited with the highest role of the pack */
    administrators?: Array<{
      email: string
      givenName?: string | null
      familyName?: string | null
    }>
    /** A link by which their IT connects an identity provider, without an account */
    setupLink?: {
      label: string
      days?: number
      domains?: Array<string>
    } | null
  }
  ListedUser: (Schemas['User'] & {
    /** The address that they are told by */
    email: string | null
    /** When one of their sessions was last in use, to the hour */
    lastActiveAt: string | null
    /** Until when their deactivation is meant */
    returnsAt: string | null
    directory: {
      id: string
      name: string
    } | null
    /** Held in the organization now, through whatever */
    roles: Array<{
      id: string
      key: string
      name: string
    }>
    brands: Array<{
      id: string
      slug: string
      name: string
      roles: Array<{
        id: string
        key: string
        name: string
      }>
    }>
    /** The invitation that waits for them */
    invitationId: string | null
    /** Sealed for the day on which nothing else works; left out of lists of people */
    isEmergencyAccount: boolean
  })
  User: {
    id: string
    userName: string
    displayName: string | null
    givenName: string | null
    familyName: string | null
    emails: Array<string>
    externalId: string | null
    status: "invited" | "active" | "inactive" | "erased"
    statusReason: "directory" | "directory_deleted" | "administrator" | "inactivity" | "end_date" | null
    /** The directory that manages the user; null: none */
    directoryId: string | null
    groups: Array<{
      id: string
      displayName: string
    }>
    version: number
    createdAt: string
    updatedAt: string
  }
  CreateUser: {
    userName: string
    displayName?: string | null
    givenName?: string | null
    familyName?: string | null
    /** The first one is the primary one */
    emails?: Array<string>
    externalId?: string | null
    /** With it they can sign in at once; refused where the organization signs in by its provider */
    password?: string
    /** At the first sign-in; for a `password` only */
    mustChangePassword?: boolean
    /** What they hold from the start; for a `password` only. Null: in the organization */
    roles?: Array<{
      roleId: string
      brandId?: string | null
    }>
  }
  UpdateUser: {
    userName?: string
    displayName?: string | null
    givenName?: string | null
    familyName?: string | null
    /** The first one is the primary one */
    emails?: Array<string>
    externalId?: string | null
  }
  UserImportOutcome: {
    line: number
    userName: string | null
    userId: string | null
    outcome: "created" | "updated" | "unchanged" | "failed"
    error: string | null
  }
  DeactivationPreview: {
    user: {
      id: string
      userName: string
      displayName: string | null
      status: "invited" | "active" | "inactive" | "erased"
      directoryId: string | null
      email: string | null
    }
    closes: Record<string, number>
    roles: Array<Schemas['HeldRole']>
    /** Assignments of others for which they vouch */
    sponsored: Array<{
      assignmentId: string
      user: {
        id: string
        userName: string
        displayName: string | null
      }
      role: {
        id: string
        key: string
        name: string
      }
      brand: {
        id: string
        slug: string
        name: string
      } | null
      expiresAt: string | null
    }>
    /** What would be left behind, if nobody takes it over */
    leaves: Array<Schemas['Work']>
    made: Schemas['MadeByThem']
    /** Why it would be refused */
    refusal: {
      reason: string
      message: string
    } | null
  }
  HeldRole: {
    role: {
      id: string
      key: string
      name: string
      rank: number
    }
    brand: {
      id: string
      slug: string
      name: string
    } | null
    source: Schemas['HoldingSource']
  }
  HoldingSource: ({
    type: "mapping"
    mappingId: string
    path: Array<{
      id: string
      displayName: string
    }>
    filter: string | null
    /** Since when they are a member of the first group */
    since: string | null
  } | {
    type: "direct"
    assignmentId: string
    reason: string
    sponsor: string | null
    since: string
    expiresAt: string | null
    reviewAt: string | null
  } | {
    type: "team"
    teamRoleId: string
    /** The team that holds the role; they are in it, or in a team within it */
    team: {
      id: string
      name: string
    }
    reason: string
    expiresAt: string | null
    since: string
  })
  Work: {
    /** What a host application says they own or approve, an assignment they vouch for, a team they lead, a review that names them, a line of a review or a task that waits for them */
    kind: "ownership" | "sponsored" | "team" | "review" | "review_line" | "task" | "asset"
    /** Its key within the kind */
    item: string
    name: string
    about: string | null
    url: string | null
    brandId: string | null
    /** The person that it is about, who cannot have it */
    subjectId: string | null
  }
  /** What stays as it is, to be known */
  MadeByThem: {
    /** Brands where nobody else, who is active, gives roles */
    onlyManagerOf: Array<{
      id: string
      name: string
    }>
    applications: Array<{
      id: string
      name: string
    }>
    apiKeys: Array<{
      id: string
      name: string
    }>
  }
  ReactivationPreview: {
    user: {
      id: string
      userName: string
      displayName: string | null
      status: "invited" | "active" | "inactive" | "erased"
      statusReason: string | null
      directoryId: string | null
    }
    /** By groups and filters: comes back by itself */
    derived: Array<Schemas['HeldRole']>
    /** Direct ones, to be chosen from */
    direct: Array<Schemas['HeldRole']>
    /** Direct assignments that have yet to begin */
    upcoming: Array<Schemas['IdleAssignment']>
    /** Direct assignments that have ended */
    ended: Array<Schemas['IdleAssignment']>
    hasPassword: boolean
    returnable: Array<Schemas['ReturnableWork']>
    /** Their identity provider switched them off */
    isDirectoryDecision: boolean
    /** It says so, too, and holds them once an administrator lifts what they did */
    isHeldByDirectory: boolean
    /** False where it is for the identity provider alone to lift */
    mayLift: boolean
  }
  /** A direct assignment that is not in force */
  IdleAssignment: {
    id: string
    role: {
      id: string
      key: string
      name: string
    }
    brand: {
      id: string
      slug: string
      name: string
    } | null
    reason: string
    sponsor: string | null
    validFrom: string | null
    expiresAt: string | null
    createdAt: string
    createdBy: string
  }
  /** Handed over to somebody who still has it */
  ReturnableWork: (Schemas['Work'] & {
    number: string
    holder: {
      id: string
      userName: string
      displayName: string | null
    }
  })
  DeactivationReceipt: {
    auditEventId: string
    occurredAt: string
    actor: {
      type: string
      id: string
      name: string | null
    }
    reason: string
    note: string | null
    returnsAt: string | null
    closed: Record<string, number>
    /** Applications that were told that a session has ended */
    logouts: {
      sent: number
      queued: number
      failed: number
    }
  }
  CutOffReceipt: {
    organizationId: string
    userId: string
    deactivation: {
      auditEventId: string
      occurredAt: string
      reason: string
      actor: {
        type: string
        id: string
      }
    }
    /** What ended here at that time, by kind */
    closed: Record<string, number>
    told: Array<{
      kind: "application" | "webhook"
      id: string
      name: string
      /** `failed`: given up, or left out by hand; `unknown`: its messages of that time are no longer kept */
      status: "confirmed" | "waiting" | "failed" | "unknown"
      confirmedAt: string | null
      attempts: number
      error: string | null
    }>
    /** Whether everybody who was told has confirmed it */
    isComplete: boolean
    issuedAt: string
  }
  LeftByPerson: {
    user: Schemas['Leaver']
    since: string
    counts: Record<string, number>
    total: number
  }
  Leaver: {
    id: string
    userName: string
    displayName: string | null
    status: string
    isDeleted: boolean
  }
  DeletedUser: {
    id: string
    userName: string
    displayName: string | null
    directoryId: string | null
    deletedAt: string
    /** Null: their directory */
    deletedBy: {
      type: string
      id: string
      name: string | null
    } | null
    note: string | null
    restorableUntil: string
    /** The time is over: they wait for being erased */
    isDue: boolean
    /** Whether they are erased by themselves then */
    isErasedThen: boolean
  }
  UserChangePreview: {
    /** Running it needs this, and only what was previewed is run */
    hash: string
    total: number
    ready: number
    blocked: number
    /** The first 50, by name */
    rows: Array<{
      id: string
      userName: string
      displayName: string | null
      status: "invited" | "active" | "inactive" | "erased"
      blocker: {
        reason: string
        message: string
      } | null
    }>
    reasons: Array<{
      reason: string
      message: string
      count: number
    }>
  }
  UserChange: ({
    kind: "deactivate"
    note?: string | null
    /** Date and time with offset, in the future where it is an end */
    returnsAt?: string | null
  } | {
    kind: "reactivate"
    restore?: "all" | "none"
  } | {
    kind: "assign"
    roleId: string
    /** Null: in the organization */
    brandId: string | null
    reason: string
    sponsor?: string | null
    /** Date and time with offset, in the future where it is an end */
    expiresAt?: string | null
  } | {
    kind: "unassign"
    roleId: string
    /** Null: in the organization */
    brandId: string | null
  })
  UserChangeProgress: {
    id: string
    startedAt: string
    /** Null while it is under way */
    finishedAt: string | null
    total: number
    done: number
    skipped: number
    failed: number
  }
  UserChangeOutcome: {
    position: number
    userId: string
    userName: string | null
    displayName: string | null
    outcome: "done" | "skipped" | "failed"
    reason: string | null
    message: string | null
  }
  Access: {
    user: {
      id: string
      userName: string
      displayName: string | null
      status: "invited" | "active" | "inactive" | "erased"
      statusReason: string | null
    }
    assignments: Array<{
      role: {
        id: string
        key: string
        name: string
        rank: number
        allows: Array<string>
        denies: Array<string>
      }
      brand: {
        id: string
        slug: string
        name: string
      } | null
      source: Schemas['AssignmentSource']
    }>
  }
  AssignmentSource: ({
    type: "mapping"
    mappingId: string
    /** From the group that the user is a member of to the group that is mapped */
    path: Array<{
      id: string
      displayName: string
    }>
    /** The SCIM filter, where the mapping is by one */
    filter: string | null
  } | {
    type: "direct"
    assignmentId: string
    reason: string
    expiresAt: string | null
  } | {
    type: "team"
    teamRoleId: string
    /** The team that holds the role; they are in it, or in a team within it */
    team: {
      id: string
      name: string
    }
    reason: string
    expiresAt: string | null
  })
  Explanation: (Schemas['Decision'] & {
    /** They could in the organization; in this brand, the assignments of the brand replace those */
    isReplacedByBrand: boolean
    /** The asset that was asked about, with the teams that it is for */
    asset: {
      type: string
      id: string
      name: string
      brand: {
        id: string
        slug: string
        name: string
      } | null
      isRestricted: boolean
      teams: Array<{
        id: string
        name: string
      }>
    } | null
    /** For a no: the least that would have allowed it */
    nearest: ({
      kind: "group"
      group: {
        id: string
        displayName: string
      }
      mappingId: string
      role: {
        id: string
        key: string
        name: string
        rank: number
        purpose: string
      }
    } | {
      kind: "role"
      role: {
        id: string
        key: string
        name: string
        rank: number
        purpose: string
      }
    } | null)
  })
  PolicySource: {
    type: "policy"
    policyId: string
    name: string
  }
  SeparationSource: {
    type: "separation"
    ruleId: string
    name: string
  }
  Decision: {
    allowed: boolean
    /** The step that settled it */
    step: "status" | "scope" | "permission" | "deny" | "team"
    reason: "granted" | "administrator_implicit" | "organization_suspended" | "organization_unknown" | "user_unknown" | "user_invited" | "user_inactive" | "brand_unknown" | "no_brand_access" | "no_role" | "not_granted" | "denied" | "separation_of_duties" | "team_restriction" | "asset_creator" | "asset_assigned" | "asset_unknown"
    chain: Array<{
      effect: "allow" | "deny"
      permission: string
      /** Null where a policy or a rule is the source */
      role: {
        id: string
        key: string
        name: string
      } | null
      brand: string | null
      source: ({
        type: "mapping"
        mappingId: string
        /** From the group that the user is a member of to the group that is mapped */
        path: Array<{
          id: string
          displayName: string
        }>
        /** The SCIM filter, where the mapping is by one */
        filter: string | null
      } | {
        type: "direct"
        assignmentId: string
        reason: string
        expiresAt: string | null
      } | {
        type: "team"
        teamRoleId: string
        /** The team that holds the role; they are in it, or in a team within it */
        team: {
          id: string
          name: string
        }
        reason: string
        expiresAt: string | null
      } | Schemas['PolicySource'] | Schemas['SeparationSource'])
    }>
  }
  AccessMatrix: {
    user: {
      id: string
      userName: string
      displayName: string | null
      status: "invited" | "active" | "inactive" | "erased"
      statusReason: string | null
    }
    /** Null: the organization; then the brands in which they hold something */
    scopes: Array<{
      id: string
      slug: string
      name: string
    } | null>
    rows: Array<{
      role: {
        id: string
        key: string
        name: string
        rank: number
      }
      cells: Array<{
        brandId: string | null
        /** False: a higher role counts there, under the strategy `highest` */
        counts: boolean
        sources: Array<Schemas['HoldingSource']>
      }>
    }>
    /** Direct assignments that have yet to begin */
    upcoming: Array<Schemas['IdleAssignment']>
    /** Direct assignments that have ended */
    ended: Array<Schemas['IdleAssignment']>
  }
  PermissionMatrix: {
    /** Null: the organization; then the brands in which they hold something */
    scopes: Array<{
      id: string
      slug: string
      name: string
    } | null>
    permissions: Array<{
      name: string
      description: string
      /** In the order of the scopes */
      allowed: Array<boolean>
    }>
  }
  SetPassword: {
    password: string
    /** Whether the user has to choose their own at the next sign-in; true unless said otherwise */
    mustChange?: boolean
  }
  EmergencyAccount: {
    userId: string
    userName: string
    displayName: string | null
    status: string
    createdAt: string
    /** When its password, authenticator and codes were made */
    sealedAt: string
    /** The last sign-in with these, drills included */
    lastUsedAt: string | null
    /** True: it was used for more than a drill since; seal it anew */
    isOpened: boolean
    /** False: nobody has signed in with it for 90 days; time for a drill */
    isProven: boolean
    recoveryCodesLeft: number
  }
  /** What is to be printed and sealed; not shown again */
  EmergencyEnvelope: {
    userId: string
    userName: string
    displayName: string | null
    password: string
    totpSecret: string
    totpUri: string
    recoveryCodes: Array<string>
  }
  EmergencyUse: {
    id: string
    account: {
      userId: string
      userName: string
      displayName: string | null
      status: string
    }
    reason: string
    ip: string | null
    startedAt: string
    /** False: what was in the envelope is still good */
    isSealedAnew: boolean
    report: {
      statement: string
      signedAt: string
      signedBy: {
        id: string
        name: string | null
      }
    } | null
  }
  Session: {
    id: string
    userId: string
    method: "saml" | "oidc" | "password" | "passkey" | "emergency"
    connectionId: string | null
    connectionName: string | null
    hasSecondFactor: boolean
    ip: string | null
    userAgent: string | null
    createdAt: string
    lastSeenAt: string
    /** When it ends by itself, if it is not used until then */
    expiresAt: string
  }
  Group: {
    id: string
    displayName: string
    externalId: string | null
    /** The directory that manages the group; null: none */
    directoryId: string | null
    version: number
    createdAt: string
    updatedAt: string
  }
  /** A user or a nested group */
  Member: {
    id: string
    type: "User" | "Group"
    display: string
  }
  Holder: {
    user: {
      id: string
      userName: string
      displayName: string | null
      status: "invited" | "active" | "inactive" | "erased"
      email: string | null
      lastActiveAt: string | null
    }
    /** Each way in which they hold it */
    holdings: Array<Schemas['HeldRole']>
  }
  ListedTeam: (Schemas['Team'] & {
    /** Those of teams within it included; 1000 means: or more */
    people: number
    roles: Array<{
      id: string
      name: string
      brand: string | null
    }>
  })
  Team: {
    id: string
    name: string
    /** Null: a team of the organization */
    brand: {
      id: string
      slug: string
      name: string
    } | null
    /** The team that it is within */
    parent: {
      id: string
      name: string
    } | null
    leader: {
      id: string
      name: string
      userName: string
    } | null
    createdAt: string
    createdBy: string
  }
  TeamPerson: {
    id: string
    userName: string
    displayName: string | null
    status: "invited" | "active" | "inactive" | "erased"
    isLeader: boolean
    /** How they are in; `source` names the group, the filter, or the team within it */
    ways: Array<{
      way: "leader" | "hand" | "group" | "filter" | "team"
      source: {
        id: string
        name: string
      } | null
    }>
  }
  TeamSource: {
    id: string
    group: {
      id: string
      displayName: string
    } | null
    /** A SCIM filter over the user, in place of a group */
    filter: string | null
    createdAt: string
    createdBy: string
  }
  TeamRole: {
    id: string
    /** The team that holds it: this one, or the one that it is within */
    team: {
      id: string
      name: string
    }
    role: {
      id: string
      key: string
      name: string
    }
    brand: {
      id: string
      slug: string
      name: string
    } | null
    reason: string
    expiresAt: string | null
    createdAt: string
    createdBy: string
  }
  AssetType: {
    name: string
    label: string
    createdAt: string
    createdBy: string
  }
  Asset: {
    type: string
    /** The application’s own */
    id: string
    name: string
    /** Null: of the organization */
    brand: {
      id: string
      slug: string
      name: string
    } | null
    /** Null: open to everybody who may do the thing; a list: for these teams, and for whoever holds everything */
    teams: Array<{
      id: string
      name: string
    }> | null
    /** Sees it although in none of its teams */
    creator: {
      id: string
      name: string
    } | null
    /** See it although in none of its teams */
    assignees: Array<{
      id: string
      name: string
    }>
    createdAt: string
    createdBy: string
  }
  VisibleAsset: {
    type: string
    id: string
    name: string
    brandId: string | null
    isRestricted: boolean
  }
  Ownership: {
    type: string
    /** The application’s own */
    id: string
    kind: "owner" | "approver"
    name: string
    url: string | null
    user: {
      id: string
      userName: string
      displayName: string | null
      status: string
    }
    brandId: string | null
    createdAt: string
    createdBy: string
  }
  OwnershipChange: {
    type: string
    /** The application’s own */
    id: string
    kind: "owner" | "approver"
    name: string
    brandId: string | null
    from: {
      id: string
      userName: string
    }
    to: {
      id: string
      userName: string
    }
    /** It went back to whoever had it before */
    isReturn: boolean
    occurredAt: string
  }
  Role: {
    id: string
    key: string
    name: string
    /** What the role is for; shown wherever it is chosen */
    purpose: string
    /** Higher is more; decides under the role strategy `highest` */
    rank: number
    allows: Array<string>
    /** Denied even where another role allows it */
    denies: Array<string>
    /** Who answers for a custom role */
    owner: string | null
    /** When somebody should look at it again */
    reviewAt: string | null
    pack: string | null
    isBuiltIn: boolean
    createdAt: string
    updatedAt: string
  }
  RolePack: {
    key: string
    name: string
    roles: Array<{
      key: string
      name: string
      purpose: string
      rank: number
      permissions: Array<string>
    }>
  }
  Mapping: {
    id: string
    /** Null where a filter takes its place */
    group: {
      id: string
      displayName: string
    } | null
    /** A SCIM filter over the user */
    filter: string | null
    role: {
      id: string
      key: string
      name: string
    }
    /** Null: the role is held in the organization */
    brand: {
      id: string
      slug: string
      name: string
    } | null
    /** The pattern over group names that it was made from */
    pattern: string | null
    createdAt: string
    createdBy: string
  }
  Policy: {
    id: string
    name: string
    permission: string
    /** Null: everywhere */
    brand: {
      id: string
      slug: string
      name: string
    } | null
    /** Whoever holds one of these there is not concerned */
    exceptRoles: Array<{
      id: string
      key: string
      name: string
    }>
    createdAt: string
    createdBy: string
  }
  Permission: {
    name: string
    description: string
    /** What may come after a colon, in a word */
    parameter: string | null
    /** False: registered by a host application */
    isBuiltIn: boolean
  }
  Draft: {
    id: string
    name: string
    /** In the order in which they are made */
    changes: Array<Schemas['AccessChange']>
    /** `waiting`: for the word of a second person */
    status: "open" | "waiting" | "approved" | "applied" | "undone" | "discarded"
    /** When it is made by itself */
    applyAt: string | null
    createdBy: {
      id: string
      name: string | null
    }
    createdAt: string
    /** Who changed it last; neither they nor its maker approve it */
    changedBy: {
      id: string
      name: string | null
    }
    changedAt: string
    /** Ids of whoever made or changed it; none of them approves it */
    hands: Array<string>
    decidedBy: {
      id: string
      name: string | null
    } | null
    decidedAt: string | null
    /** Why it was sent back */
    note: string | null
    appliedBy: {
      id: string
      name: string | null
    } | null
    appliedAt: string | null
    undoneBy: {
      id: string
      name: string | null
    } | null
    undoneAt: string | null
    /** Why it was not made at its time */
    fault: string | null
  }
  AccessChange: ({
    kind: "create_mappings"
    mappings: Array<{
      groupId?: string | null
      filter?: string | null
      roleId: string
      brandId?: string | null
      pattern?: string | null
    }>
  } | {
    kind: "delete_mappings"
    mappingIds: Array<string>
  } | {
    kind: "update_role"
    role: {
      roleId: string
      key?: string
      name?: string
      purpose?: string
      rank?: number
      allows?: Array<string>
      denies?: Array<string>
      owner?: string | null
      /** Date and time with offset, in the future where it is an end */
      reviewAt?: string | null
    }
  } | {
    kind: "create_policy"
    policy: {
      name: string
      permission: string
      brandId?: string | null
      exceptRoleIds?: Array<string>
    }
  } | {
    kind: "delete_policy"
    policyId: string
  } | {
    kind: "create_separation"
    rule: {
      name: string
      purpose: string
      mode?: "watch" | "enforce"
      exceptRoleIds?: Array<string>
      /** A role or a permission, one of the two */
      first: {
        roleId?: string | null
        permission?: string | null
      }
      /** A role or a permission, one of the two */
      second: {
        roleId?: string | null
        permission?: string | null
      }
    }
    exceptions?: Array<{
      userId: string
      brandId?: string | null
      reason: string
      /** Date and time with offset, in the future where it is an end */
      expiresAt: string
    }>
  } | {
    kind: "update_separation"
    ruleId: string
    name?: string
    purpose?: string
    mode?: "watch" | "enforce"
    exceptRoleIds?: Array<string>
  } | {
    kind: "delete_separation"
    ruleId: string
  } | {
    kind: "create_exception"
    exception: {
      ruleId: string
      userId: string
      brandId?: string | null
      reason: string
      sponsor?: string | null
      /** Date and time with offset, in the future where it is an end */
      expiresAt: string
    }
  } | {
    kind: "create_assignments"
    assignments: Array<{
      userId: string
      roleId: string
      brandId?: string | null
      reason: string
      sponsor?: string | null
      /** Date and time with offset, in the future where it is an end */
      validFrom?: string | null
      /** Date and time with offset, in the future where it is an end */
      expiresAt?: string | null
      /** Date and time with offset, in the future where it is an end */
      reviewAt?: string | null
    }>
  } | {
    kind: "create_overrides"
    overrides: Array<{
      userId: string
      permission: string
      effect: "allow" | "deny"
      brandId?: string | null
      reason: string
      sponsor?: string | null
      /** Date and time with offset, in the future where it is an end */
      expiresAt: string
    }>
  } | {
    kind: "update_assignment"
    assignmentId: string
    roleId?: string
    reason?: string
    sponsor?: string | null
    /** Date and time with offset, in the future where it is an end */
    expiresAt?: string | null
    /** Date and time with offset, in the future where it is an end */
    reviewAt?: string | null
  } | {
    kind: "delete_assignments"
    assignmentIds: Array<string>
  } | {
    kind: "add_members"
    groupId: string
    memberIds: Array<string>
  } | {
    kind: "remove_members"
    groupId: string
    memberIds: Array<string>
  } | {
    kind: "deactivate_user"
    userId: string
    note?: string | null
    /** Date and time with offset, in the future where it is an end */
    returnsAt?: string | null
    handOver?: {
      to?: string | null
      items?: Array<{
        kind: "ownership" | "sponsored" | "team" | "review" | "review_line" | "task" | "asset"
        item?: string
        to: string | null
      }>
    } | null
  } | {
    kind: "delete_user"
    userId: string
    note?: string | null
    handOver?: {
      to?: string | null
      items?: Array<{
        kind: "ownership" | "sponsored" | "team" | "review" | "review_line" | "task" | "asset"
        item?: string
        to: string | null
      }>
    } | null
  } | {
    kind: "edit_user"
    userId: string
    profile?: Record<string, string>
    roles?: Array<{
      brandId: string | null
      roleId: string | null
    }>
    reason?: string
    status?: "active" | "inactive"
  } | {
    kind: "delete_group"
    groupId: string
  } | {
    kind: "delete_brand"
    brandId: string
  } | {
    kind: "admit_arrivals"
    directoryId: string
  } | {
    kind: "move_directory"
    fromDirectoryId: string
    toDirectoryId: string
    groups: Array<{
      from: string
      to: string
    }>
  } | {
    kind: "update_organization"
    organization: {
      name?: string
      administratorBrandAccess?: "explicit" | "implicit"
      roleStrategy?: "union" | "highest"
      secondPerson?: "never" | "privileged"
    }
  } | {
    kind: "create_team"
    name: string
    brandId?: string | null
    parentId?: string | null
    leaderId?: string | null
  } | {
    kind: "update_team"
    teamId: string
    name?: string
    parentId?: string | null
    leaderId?: string | null
  } | {
    kind: "delete_team"
    teamId: string
  } | {
    kind: "add_team_members"
    teamId: string
    userIds: Array<string>
  } | {
    kind: "remove_team_members"
    teamId: string
    userIds: Array<string>
  } | {
    kind: "leave_out_of_team"
    teamId: string
    userId: string
    reason: string
  } | {
    kind: "let_into_team"
    teamId: string
    userId: string
  } | {
    kind: "fill_team"
    teamId: string
    sources: Array<{
      groupId?: string | null
      filter?: string | null
    }>
  } | {
    kind: "unfill_team"
    teamId: string
    sourceIds: Array<string>
  } | {
    kind: "give_team_roles"
    teamId: string
    roles: Array<{
      roleId: string
      brandId?: string | null
      reason: string
      /** Date and time with offset, in the future where it is an end */
      expiresAt?: string | null
    }>
  } | {
    kind: "update_team_role"
    teamRoleId: string
    reason?: string
    /** Date and time with offset, in the future where it is an end */
    expiresAt?: string | null
  } | {
    kind: "take_team_roles"
    teamRoleIds: Array<string>
  })
  SeparationRule: {
    id: string
    name: string
    purpose: string
    /** `enforce`: whoever holds both in one place does not have the second; `watch`: they are listed */
    mode: "watch" | "enforce"
    first: {
      role: {
        id: string
        key: string
        name: string
      } | null
      permission: string | null
    }
    second: {
      role: {
        id: string
        key: string
        name: string
      } | null
      permission: string | null
    }
    /** Whoever holds one of these there may hold both */
    exceptRoles: Array<{
      id: string
      key: string
      name: string
    }>
    exceptions: Array<{
      assignmentId: string
      user: {
        id: string
        userName: string
        displayName: string | null
      }
      brand: {
        id: string
        slug: string
        name: string
      } | null
      reason: string
      expiresAt: string | null
    }>
    createdAt: string
    createdBy: string
  }
  Assignment: {
    id: string
    user: {
      id: string
      userName: string
    }
    role: {
      id: string
      key: string
      name: string
    }
    /** `override`: one permission for this person; `exception`: lets them hold what a rule keeps apart */
    kind: "role" | "override" | "exception"
    /** What an override gives or takes; null for other kinds */
    override: {
      permission: string
      effect: "allow" | "deny"
    } | null
    /** Null: the role is held in the organization */
    brand: {
      id: string
      slug: string
      name: string
    } | null
    reason: string
    sponsor: string | null
    validFrom: string | null
    expiresAt: string | null
    /** When somebody should ask again whether it is still right */
    reviewAt: string | null
    createdAt: string
    createdBy: string
  }
  AccessReview: {
    id: string
    name: string
    scope: Schemas['AccessReviewScope']
    reviewerRule: "brand_managers" | "sponsor" | "role_owner" | "person"
    reviewer: {
      id: string
      name: string
    } | null
    fallback: {
      id: string
      name: string
    }
    noAnswer: "keep" | "remove" | "end"
    endDays: number | null
    undoHours: number
    dueDays: number
    graceDays: number
    recurrence: "monthly" | "quarterly" | "half_yearly" | "yearly" | null
    /** The review that it repeats */
    followsId: string | null
    /** `closing`: reviewers can no longer answer, and answers take effect */
    status: "scheduled" | "open" | "closing" | "closed" | "cancelled"
    startsAt: string
    openedAt: string | null
    dueAt: string | null
    closesAt: string | null
    closedAt: string | null
    suspendedAt: string | null
    /** In whose name, and within whose rights, answers take effect */
    owner: {
      type: "user" | "api_key" | "application" | "operator"
      id: string
      name: string | null
    }
    isRestoring: boolean
    /** Of the evidence as it was sealed */
    csvSha256: string | null
    jsonSha256: string | null
    createdAt: string
    createdBy: string
    lines: number
    unanswered: number
  }
  /** What satisfies all that is said; nothing said means everything */
  AccessReviewScope: {
    roleIds?: Array<string>
    brandIds?: Array<string>
    /** Roles that let people manage others or settings */
    isPrivileged?: true
    /** People without activity for so many days; without roles, brands or privileges beside it, their accounts as such */
    inactiveDays?: number
    /** People of no directory and no verified domain */
    isOutside?: true
    directoryId?: string
  }
  NewAccessReview: {
    name: string
    scope?: Schemas['AccessReviewScope']
    /** `brand_managers` unless said otherwise */
    reviewerRule?: "brand_managers" | "sponsor" | "role_owner" | "person"
    /** Of the rule `person`: an id, a user name or an address, as is `fallbackId` */
    reviewerId?: string | null
    /** Who answers where the rule finds nobody */
    fallbackId: string
    /** What no answer means; `keep` unless said otherwise */
    noAnswer?: "keep" | "remove" | "end"
    /** Of the answer `end`: so many days after the closing */
    endDays?: number | null
    /** Until what is answered takes effect; 24 */
    undoHours?: number
    /** From the opening; 21 */
    dueDays?: number
    /** From then until it closes by itself; 3 */
    graceDays?: number
    recurrence?: "monthly" | "quarterly" | "half_yearly" | "yearly" | null
    /** Date and time with offset, in the future where it is an end */
    startsAt?: string | null
  }
  AccessReviewPreview: {
    lines: number
    people: number
    privileged: number
    /** What only a provider can take away */
    byMappings: number
    /** For which the rule finds nobody */
    fallback: number
    /** For which there is nobody at all */
    unreviewable: number
    reviewers: Array<{
      id: string
      name: string
      lines: number
    }>
  }
  AccessReviewProgress: (Schemas['AccessReview'] & {
    figures: {
      keep: number
      remove: number
      end: number
      unanswered: number
      pending: number
      taken: number
      refused: number
      gone: number
      openTasks: number
      restored: number
      /** Of the answers: by what no answer means, once it has closed */
      byNobody: number
    }
  })
  AccessReviewClosing: {
    /** What closing needs */
    hash: string
    unanswered: number
    keptByDefault: number
    removedByDefault: number
    endedByDefault: number
    assignmentsRemoved: number
    assignmentsEnded: number
    tasks: number
    accountsDeactivated: number
    /** So many are taken out of a team */
    teamsLeft: number
    privileged: number
    effectiveAt: string
  }
  AccessReviewLine: {
    reviewId: string
    position: number
    user: {
      id: string
      userName: string
      displayName: string | null
      status: "invited" | "active" | "inactive" | "erased"
    }
    /** Null: the account as such */
    role: {
      id: string
      name: string
    } | null
    brand: {
      id: string
      name: string
    } | null
    source: Schemas['AccessReviewSource']
    since: string | null
    expiresAt: string | null
    lastActiveAt: string | null
    isPrivileged: boolean
    isOutside: boolean
    /** Of so many others who stand alike, so many hold it */
    peers: {
      by: "groups" | "brand"
      count: number
      holding: number
    } | null
    advice: {
      answer: "keep" | "remove" | "end"
      reason: "inactive" | "unused" | "sponsor_left" | "outside_without_end" | "unlike_peers" | "usual"
    }
    reviewers: Array<{
      id: string
      name: string
    }>
    isFallback: boolean
    passedOn: Array<{
      from: string
      to: string
      reason: string
      at: string
    }>
    answer: {
      answer: "keep" | "remove" | "end"
      endAt: string | null
      comment: string | null
      at: string
      by: {
        type: string
        id: string
        name: string | null
      }
    } | null
    effectiveAt: string | null
    outcome: "kept" | "removed" | "ended" | "task" | "gone" | "refused" | null
    /** Why it could not take effect */
    message: string | null
    appliedAt: string | null
    restoredAt: string | null
    restoreMessage: string | null
    task: {
      id: string
      status: "waiting" | "open" | "done" | "cancelled" | "refused"
    } | null
  }
  AccessReviewSource: ({
    type: "direct"
    assignmentId: string
    reason: string
    sponsor: string | null
  } | {
    type: "mapping"
    mappingId: string
    groups: Array<{
      id: string
      name: string
      provider: string | null
    }>
    filter: string | null
  } | {
    type: "team"
    teamRoleId: string
    team: {
      id: string
      name: string
    }
    reason: string
  } | {
    type: "account"
    roles: number
  })
  AccessReviewTask: {
    id: string
    review: {
      id: string
      name: string
    }
    position: number
    user: {
      id: string
      userName: string
      displayName: string | null
    }
    role: {
      id: string
      name: string
    }
    brand: {
      id: string
      name: string
    } | null
    groups: Array<{
      id: string
      name: string
      provider: string | null
    }>
    filter: string | null
    status: "waiting" | "open" | "done" | "cancelled" | "refused"
    startsAt: string
    message: string | null
    createdAt: string
    settledAt: string | null
  }
  Directory: {
    id: string
    name: string
    status: "active" | "disabled"
    /** `staged`: people whom it brings wait until `admit` lets them in; their groups and roles are there already */
    arrivals: "active" | "staged"
    /** For people whom it brings and the organization has from elsewhere: those in a verified domain, all, or none become the directory’s; `confirm`: each waits for an administrator. Whoever manages something always does */
    adoption: "verified_domain" | "always" | "never" | "confirm"
    /** `on`: what more people lose at once than the limit waits for an administrator */
    brake: "on" | "off"
    /** How many people may lose something; null: a share, or learned */
    brakePeople: number | null
    /** The same, in percent of its people */
    brakeShare: number | null
    /** Within how many minutes */
    brakeMinutes: number
    /** How many people that comes to */
    brakeLimit: number
    /** The SCIM base URL, for the identity provider */
    baseUrl: string
    createdAt: string
    updatedAt: string
  }
  NewDirectory: (Schemas['Directory'] & {
    tokenId: string
    /** The first bearer token; shown this once */
    token: string
  })
  DirectoryWithActivity: (Schemas['Directory'] & {
    /** Null where the directory was never asked anything */
    activity: (Schemas['DirectoryActivity'] | null)
    /** When the provider delivers; null where the log is empty */
    rhythm: (Schemas['DirectoryRhythm'] | null)
  })
  DirectoryActivity: {
    firstRequestAt: string
    lastRequestAt: string
    lastChangeAt: string | null
    lastErrorAt: string | null
    /** What the last refusal said */
    lastError: string | null
    userAgent: string | null
  }
  DirectoryRhythm: {
    /** Null where it keeps no rhythm */
    everyMinutes: number | null
    lastStartAt: string
    /** In the past where the next cycle is late */
    nextExpectedAt: string | null
  }
  AdoptionRequest: {
    id: string
    directoryId: string
    /** Why the directory’s word was not enough */
    reason: "never" | "confirm" | "unverified" | "manager" | "taken_over" | "refused" | "emergency_account"
    status: "pending" | "adopted" | "refused"
    user: {
      id: string
      userName: string
      displayName: string | null
      status: "invited" | "active" | "inactive" | "erased"
      directory: {
        id: string
        name: string
      } | null
      /** They hold a role that lets them manage something */
      managesAnything: boolean
    }
    /** What the directory says of them */
    content: {
      userName: string
      externalId: string | null
      displayName: string | null
      isActive?: boolean
      attributes: Record<string, unknown>
    }
    createdAt: string
    lastSeenAt: string
    decidedAt: string | null
    decidedBy: string | null
  }
  MassChange: {
    id: string
    directory: {
      id: string
      name: string
    }
    beganAt: string
    trippedAt: string
    /** Null while it goes on */
    endedAt: string | null
    /** The limit that was passed; null where somebody looked back by hand */
    limit: number | null
    status: "open" | "confirmed" | "restoring" | "restored"
    decidedAt: string | null
    decidedBy: string | null
    /** Everybody who lost something */
    people: number
    deactivated: number
    deleted: number
    /** Of whom an administrator has said that they have really left */
    haveLeft: number
    /** What waits: memberships, groups in groups, whole groups */
    kept: number
    restored: number
    notRestored: number
    groups: Array<{
      id: string
      displayName: string | null
      people: number
      isKept: boolean
    }>
  }
  MassChangePerson: {
    id: string
    userName: string
    displayName: string | null
    status: "invited" | "active" | "inactive" | "erased"
    isDeleted: boolean
    kinds: Array<"deactivated" | "deleted" | "left_group" | "group_deleted" | "left_nesting">
    /** Names of the groups that they left */
    groups: Array<string>
    hasLeft: boolean
    /** What putting them back came to; null before that */
    outcome: "restored" | "erased" | "said_again" | "held_by_administrator" | "brought_again" | "there_already" | null
  }
  Report: {
    kind: "permission_audit" | "role_usage" | "exceptions" | "separation" | "brands" | "drift" | "sign_in_risk"
    title: string
    madeAt: string
    facts: Array<{
      term: string
      value: string
    }>
    findings: Array<{
      code: string
      text: string
      count: number
      /** The page of the console on which it is settled */
      href: string
      /** Names of the first of them */
      sample: Array<string>
    }>
    columns: Array<string>
    rows: Array<Array<(string | number | boolean | null)>>
    nextCursor: string | null
  }
  ReportSchedule: {
    id: string
    kind: "permission_audit" | "role_usage" | "exceptions" | "separation" | "brands" | "drift" | "sign_in_risk"
    every: "day" | "week" | "month" | "quarter"
    unusedDays: number
    recipients: Array<{
      id: string
      name: string
    }>
    sent: "always" | "findings"
    status: "on" | "off"
    nextAt: string
    createdAt: string
    createdBy: string
  }
  ReportRun: {
    id: string
    scheduleId: string
    kind: "permission_audit" | "role_usage" | "exceptions" | "separation" | "brands" | "drift" | "sign_in_risk"
    madeAt: string
    facts: Array<{
      term: string
      value: string
    }>
    findings: Array<{
      code: string
      text: string
      count: number
      /** The page of the console on which it is settled */
      href: string
      /** Names of the first of them */
      sample: Array<string>
    }>
    told: number
  }
  ChecklistTemplate: {
    id: string
    name: string
    kind: "joining" | "leaving"
    brand: {
      id: string
      slug: string
      name: string
    } | null
    tasks: Array<{
      title: string
      note: string | null
      /** A person; null: whoever administers the organization */
      ownerId: string | null
      /** Days after somebody joined or left */
      dueDays: number
    }>
    status: "on" | "off"
    /** Whoever joined or left before is not caught up with */
    countsFrom: string
    createdAt: string
    createdBy: string
    /** How many lists of it are open */
    open: number
    /** For how many people the next run would begin one */
    waiting: number
  }
  Checklist: {
    id: string
    name: string
    kind: "joining" | "leaving"
    user: {
      id: string
      userName: string
      displayName: string | null
    }
    status: "open" | "done" | "cancelled"
    createdAt: string
    createdBy: string
    endedAt: string | null
    tasks: Array<{
      position: number
      title: string
      note: string | null
      owner: {
        id: string
        name: string
      } | null
      dueAt: string
      outcome: "done" | "not_needed" | null
      comment: string | null
      settledAt: string | null
      settledBy: string | null
    }>
  }
  InactivityRule: {
    status: "on" | "off"
    /** Those alone whom no directory manages, or people of directories as well */
    concerns: "local" | "everybody"
    /** Days without activity after which somebody is warned */
    warnDays: number
    /** Days without activity after which they are deactivated, and never sooner after the warning than the two differ by */
    deactivateDays: number
    /** Days after that until they are erased, or `eraseAfterDays` of the settings if that is more; null: never */
    eraseDays: number | null
    ranAt: string | null
    /** `eraseAfterDays` of the settings: nobody is erased sooner */
    keptDays: number
  }
  InactivityOutlook: {
    today: {
      warn: number
      deactivate: number
      erase: number
    }
    within30Days: {
      warn: number
      deactivate: number
      erase: number
    }
    /** The first 200 by date */
    people: Array<{
      userId: string
      userName: string
      displayName: string | null
      act: "warn" | "deactivate" | "erase"
      at: string
      /** When they were last here, or since when they are active */
      since: string
    }>
    rule: (Schemas['InactivityRule'] & unknown)
  }
  InactivityException: {
    /** The person’s */
    id: string
    userName: string
    displayName: string | null
    reason: string
    until: string | null
    /** False once its end has passed */
    counts: boolean
    createdAt: string
    createdBy: string
  }
  InactivityStanding: {
    exception: (Schemas['InactivityException'] & Record<string, unknown> | null)
    /** What they were told, where they have not been here since */
    warning: {
      warnedAt: string
      /** False where they have no address */
      isMailed: boolean
      deactivatesAt: string
    } | null
  }
  InactivityRun: {
    id: string
    ranAt: string
    warned: number
    deactivated: number
    erased: number
    /** Who could not be deactivated, since nobody else administers the organization */
    refused: number
    /** How many of those it deactivated nobody has switched on since */
    stillOff: number
  }
  Absence: {
    id: string
    user: {
      id: string
      userName: string
      displayName: string | null
    }
    from: string
    until: string
    reason: string
    /** Null: as the organization says */
    atReturn: "propose" | "return" | null
    status: "planned" | "under_way" | "ended" | "cancelled"
    /** What became of it: they came back by themselves, were proposed, came back early; somebody has deactivated them permanently meanwhile; they were not active as it began; nobody else administers the organization; its time was over before it began */
    outcome: "returned" | "proposed" | "ended_early" | "deactivated" | "not_active" | "refused" | "missed" | null
    endedAt: string | null
    createdAt: string
    createdBy: string
  }
  AbsenceRule: {
    /** `propose`: an alarm proposes their reactivation; `return`: it happens by itself */
    atReturn: "propose" | "return"
  }
  PersonalData: {
    userId: string
    madeAt: string
    sections: Array<{
      name: string
      what: string
      /** For how long */
      kept: string
      /** There are more than the 10,000 rows given, which are the newest */
      isCut: boolean
      rows: Array<Record<string, unknown>>
    }>
  }
  PersonDifference: {
    /** Null where they were not there */
    status: {
      from: "invited" | "active" | "inactive" | "erased" | null
      to: "invited" | "active" | "inactive" | "erased" | null
    }
    roles: {
      gained: Array<{
        role: {
          id: string
          key: string
          name: string
          rank: number
        }
        brand: {
          id: string
          slug: string
          name: string
        } | null
        sources: Array<Schemas['HoldingSource']>
      }>
      lost: Array<{
        role: {
          id: string
          key: string
          name: string
          rank: number
        }
        brand: {
          id: string
          slug: string
          name: string
        } | null
        sources: Array<Schemas['HoldingSource']>
      }>
    }
    permissions: {
      gained: Array<{
        name: string
        brand: {
          id: string
          slug: string
          name: string
        } | null
      }>
      lost: Array<{
        name: string
        brand: {
          id: string
          slug: string
          name: string
        } | null
      }>
    }
  }
  BrandDifference: {
    gained: Array<{
      userId: string
      userName: string
      displayName: string | null
      roleId: string
      roleName: string
    }>
    lost: Array<{
      userId: string
      userName: string
      displayName: string | null
      roleId: string
      roleName: string
    }>
  }
  AddressProposal: {
    userId: string
    directory: {
      id: string
      name: string
    }
    /** As the directory wants it */
    userName: string
    emails: Array<unknown>
    current: {
      userName: string
      displayName: string | null
      email: string | null
    }
    status: "pending" | "accepted" | "refused"
    createdAt: string
    lastSeenAt: string
  }
  DirectoryClient: {
    id: string
    directoryId: string
    name: string
    kind: "secret" | "private_key_jwt" | "entra"
    /** Public keys, or tenant and audience */
    settings: Record<string, unknown>
    createdAt: string
    expiresAt: string | null
    revokedAt: string | null
    /** When one of its access tokens was last used */
    lastUsedAt: string | null
  }
  NewDirectoryClient: (Schemas['DirectoryClient'] & {
    /** Of the kind secret; shown this once */
    clientSecret: string | null
  })
  DirectoryToken: {
    id: string
    directoryId: string
    lastFour: string
    createdAt: string
    expiresAt: string | null
    revokedAt: string | null
    lastUsedAt: string | null
  }
  NewDirectoryToken: (Schemas['DirectoryToken'] & {
    /** The bearer token; shown this once */
    token: string
  })
  ExtensionAttribute: {
    resource: "User" | "Group"
    /** Of the extension */
    urn: string
    /** A path for a sub-attribute */
    name: string
    type: "string" | "boolean" | "integer" | "decimal" | "dateTime" | "reference" | "binary" | "complex"
    multiValued: boolean
    /** Registered here, rather than inferred from what was sent */
    isGiven: boolean
  }
  ProvisioningEvent: {
    id: string
    directoryId: string
    occurredAt: string
    method: string
    /** Below the base URL of the directory, with the query */
    path: string
    status: number
    durationMillis: number
    /** What was tolerated beside the standard, by name */
    quirks: Array<string>
    error: {
      scimType: string | null
      detail: string | null
    } | null
    /** The user or group that it was about */
    targetId: string | null
    userAgent: string | null
    requestId: string
  }
  ProvisioningEventWithBodies: {
    id: string
    directoryId: string
    occurredAt: string
    method: string
    /** Below the base URL of the directory, with the query */
    path: string
    status: number
    durationMillis: number
    /** What was tolerated beside the standard, by name */
    quirks: Array<string>
    error: {
      scimType: string | null
      detail: string | null
    } | null
    /** The user or group that it was about */
    targetId: string | null
    userAgent: string | null
    requestId: string
    /** The body, without secrets and cut to size */
    request?: unknown
    response?: unknown
    /** What each quirk is, and what could be changed at the provider */
    explanations: Array<{
      name: string
      explanation: string
      change: string | null
    }>
    /** What to do about a refusal */
    advice: string | null
  }
  Connection: {
    id: string
    type: "saml" | "oidc"
    preset: "okta" | "entra" | "google" | "onelogin" | "jumpcloud" | "adfs" | "keycloak" | "generic"
    name: string
    status: "draft" | "tested" | "optional" | "enforced" | "disabled"
    /** The directory that decides about this connection’s people */
    directoryId: string | null
    /** Who comes to exist by a first sign-in */
    jit: "off" | "verified_domains" | "approval"
    defaultRoleId: string | null
    isIdpInitiatedAllowed: boolean
    testedAt: string | null
    refreshedAt: string | null
    createdAt: string
    updatedAt: string
    /** What depends on the type; no secrets */
    settings: Record<string, unknown>
    /** Ours, for the provider and for links */
    addresses: Record<string, string>
    /** The provider’s own screen with our values */
    setup: {
      provider: string
      protocol: string
      path: string
      paste: Array<{
        field: string
        value: string
      }>
      choose: Array<{
        field: string
        value: string
      }>
      bringBack: Array<string>
      notes: Array<string>
    }
  }
  NewConnection: ({
    name?: string
    preset?: "okta" | "entra" | "google" | "onelogin" | "jumpcloud" | "adfs" | "keycloak" | "generic"
    /** Who comes to exist by a first sign-in */
    jit?: "off" | "verified_domains" | "approval"
    defaultRoleId?: string | null
    directoryId?: string | null
    /** What a message means that leaves the groups out: that people keep theirs, or that they are in none */
    absentGroups?: "kept" | "none"
    /** Splits one text into groups */
    groupSeparator?: string | null
    type: "saml"
    metadataXml?: string
    metadataUrl?: string
    /** Which provider, where the metadata has several */
    entityId?: string
    isIdpInitiatedAllowed?: boolean
    signed?: "either" | "assertion" | "response" | "both"
    isEncryptionRequired?: boolean
    isSha1Allowed?: boolean
    /** Take assertions encrypted by AES-CBC, for a time */
    isCbcAllowed?: boolean
    /** When isSha1Allowed and isCbcAllowed end: 90 days from now where it is left out */
    weakAlgorithmsUntil?: string | null
    /** Take a NameID that looks like an e-mail address for one, whatever its format */
    nameIdIsEmail?: boolean
    /** The attribute that names the person instead of the NameID; never given to another */
    subjectAttribute?: string | null
  } | {
    name?: string
    preset?: "okta" | "entra" | "google" | "onelogin" | "jumpcloud" | "adfs" | "keycloak" | "generic"
    /** Who comes to exist by a first sign-in */
    jit?: "off" | "verified_domains" | "approval"
    defaultRoleId?: string | null
    directoryId?: string | null
    /** What a message means that leaves the groups out: that people keep theirs, or that they are in none */
    absentGroups?: "kept" | "none"
    /** Splits one text into groups */
    groupSeparator?: string | null
    type: "oidc"
    issuer: string
    clientId: string
    clientSecret?: string
    clientAuthentication?: "client_secret_basic" | "client_secret_post" | "private_key_jwt"
    hostedDomains?: Array<string>
  })
  ConnectionChange: {
    name?: string
    /** Who comes to exist by a first sign-in */
    jit?: "off" | "verified_domains" | "approval"
    defaultRoleId?: string | null
    directoryId?: string | null
    isIdpInitiatedAllowed?: boolean
    signed?: "either" | "assertion" | "response" | "both"
    isEncryptionRequired?: boolean
    isSha1Allowed?: boolean
    /** Take assertions encrypted by AES-CBC, for a time */
    isCbcAllowed?: boolean
    /** When isSha1Allowed and isCbcAllowed end: 90 days from now where it is left out */
    weakAlgorithmsUntil?: string | null
    refusesExpiredCertificates?: boolean
    /** Splits one text into groups */
    groupSeparator?: string | null
    /** What a message means that leaves the groups out: that people keep theirs, or that they are in none */
    absentGroups?: "kept" | "none"
    /** Take a NameID that looks like an e-mail address for one, whatever its format */
    nameIdIsEmail?: boolean
    /** The attribute that names the person instead of the NameID; never given to another */
    subjectAttribute?: string | null
    attributes?: {
      email?: Array<string>
      firstName?: Array<string>
      lastName?: Array<string>
      displayName?: Array<string>
      externalId?: Array<string>
      groups?: Array<string>
      roles?: Array<string>
    }
    /** SHA-256 of certificates that wait for a word */
    trustCertificates?: Array<string>
    hostedDomains?: Array<string> | null
    clientSecret?: string
    clientAuthentication?: "client_secret_basic" | "client_secret_post"
  }
  TestLink: {
    url: string
  }
  MetadataRefresh: {
    changed: Array<string>
    waiting: number
  }
  Domain: {
    id: string
    name: string
    status: "pending" | "verified" | "lapsed"
    verifiedBy: "dns" | "operator" | null
    verifiedAt: string | null
    checkedAt: string | null
    createdAt: string
    /** The connections that may link and create people by addresses in the domain; empty: all of them */
    connectionIds: Array<string>
    /** What DNS has to say to prove the domain */
    txtRecord: {
      name: string
      value: string
    }
  }
  SignInPolicy: {
    /** Whether people with a password may use it */
    passwordSignIn: "allowed" | "off"
    /** At least 6; 12 to begin with */
    passwordMinLength: number
    /** `required`: a password alone opens no session */
    secondFactor: "optional" | "required"
    /** `required`: whoever manages something needs a second factor, whichever way they sign in; one that their provider attests counts */
    managerSecondFactor: "optional" | "required"
    /** For how long a proof of who somebody is counts at the console for what lets others in; 1 to 60, 10 to begin with */
    freshProofMinutes: number
    /** `neutral`: the sign-in page names neither the organization nor its ways in to whoever knows its slug */
    signInPage: "named" | "neutral"
    /** `accepted`: a person with a linked account of another organization comes in by a local sign-in there with a second factor; never where a provider is enforced */
    linkedSignIn: "own" | "accepted"
    sessionIdleMinutes: number
    sessionAbsoluteMinutes: number
    /** How long the link of an invitation is good */
    invitationDays: number
  }
  UpdateSignInPolicy: {
    /** Whether people with a password may use it */
    passwordSignIn?: "allowed" | "off"
    /** At least 6; 12 to begin with */
    passwordMinLength?: number
    /** `required`: a password alone opens no session */
    secondFactor?: "optional" | "required"
    /** `required`: whoever manages something needs a second factor, whichever way they sign in; one that their provider attests counts */
    managerSecondFactor?: "optional" | "required"
    /** For how long a proof of who somebody is counts at the console for what lets others in; 1 to 60, 10 to begin with */
    freshProofMinutes?: number
    /** `neutral`: the sign-in page names neither the organization nor its ways in to whoever knows its slug */
    signInPage?: "named" | "neutral"
    /** `accepted`: a person with a linked account of another organization comes in by a local sign-in there with a second factor; never where a provider is enforced */
    linkedSignIn?: "own" | "accepted"
    sessionIdleMinutes?: number
    sessionAbsoluteMinutes?: number
    /** How long the link of an invitation is good */
    invitationDays?: number
  }
  OrganizationSettings: {
    name: string
    /** How long requests of identity providers are kept */
    provisioningLogDays: number
    /** How long traces of sign-ins are kept */
    signInTraceDays: number
    /** How long mails are kept after they were sent */
    mailDays: number
    /** Whose assignments have all ended this long ago is deactivated; null: nobody is */
    endDateGraceDays: number | null
    /** How long somebody has to be inactive before they can be erased */
    eraseAfterDays: number
    /** Whether deleted people are erased by themselves after `eraseAfterDays` */
    eraseDeleted: boolean
    /** Days for which a name or address that was somebody else’s is given to nobody; 0: it is free immediately */
    reservedDays: number
    /** Who may change addresses: `verified`: administrators, people by a link, and directories; `directory_only`: directories alone; `never`: nobody, and what a directory says waits for an administrator’s word */
    emailChange: "verified" | "directory_only" | "never"
    /** Who may switch somebody on again: the side that switched them off, directory or administrators, or either */
    reactivation: "by_holder" | "by_anyone"
    /** Whom to ask for access, as refusals show it */
    accessContact: string | null
    /** Domains that invitations warn of; null: the usual ones */
    personalMailDomains: Array<string> | null
    /** Guests hold what they are given directly for this many days at most; null: also without end */
    guestMaxDays: number | null
    /** Domains that guests may be invited at; null: any */
    guestDomains: Array<string> | null
  }
  /** What is null is as the platform has it, and where that says nothing, as Rolecall looks by itself */
  Branding: {
    /** Null: the name of the organization */
    displayName: string | null
    /** Such as `#0d6661` */
    accentLight: string | null
    /** Such as `#0d6661` */
    accentDark: string | null
    /** Such as `#0d6661` */
    backgroundLight: string | null
    /** Such as `#0d6661` */
    backgroundDark: string | null
    /** An e-mail address, a telephone number or the address of a page */
    supportContact: string | null
    /** Begins with `https://` */
    privacyUrl: string | null
    /** Begins with `https://` */
    termsUrl: string | null
    /** Begins with `https://` */
    helpUrl: string | null
    /** Of mails that the mail server of the installation sends */
    mailSenderName: string | null
    /** Of people who have chosen none */
    language: "en" | "de" | "fr" | "es" | "pt-BR" | "it" | "nl" | "pl" | "ja" | "ar" | null
    /** The logo is at `/logo/` and this */
    logoHash: string | null
    updatedAt: string | null
  }
  SupportConsent: {
    /** `on_request`: administrators decide each time; `open`: without asking, until a time */
    mode: "never" | "on_request" | "open"
    mayWrite: boolean
    openUntil: string | null
  }
  SupportAccess: {
    id: string
    operator: string
    reason: string
    /** From entering on */
    minutes: number
    wantsWrite: boolean
    mayWrite: boolean
    status: "requested" | "granted" | "refused" | "entered" | "ended"
    requestedAt: string
    decidedAt: string | null
    decidedBy: string | null
    enteredAt: string | null
    endsAt: string | null
    endedAt: string | null
  }
  AccessDigest: {
    /** At most that often. What is given or taken by hand is always told immediately */
    pace: "off" | "hourly" | "daily"
    /** Up to when people have been told, or are being told */
    toldUntil: string
  }
  AccessDigestPreview: {
    from: string
    until: string
    /** Whom something may concern; for some of them nothing has changed */
    candidates: number
    /** Of the first hundred candidates */
    people: Array<{
      userId: string
      name: string
      sentences: Array<string>
      lines: Array<{
        /** `withheld`: by a rule of separation; `override`: an exception that has begun or stopped to count */
        kind: "gained" | "lost" | "withheld" | "override" | "role"
        role?: string
        brand?: string | null
        through?: Array<string>
        /** Of what is withheld: the rule that does it */
        rule?: string
        /** Of an override */
        permission?: string
        effect?: "allow" | "deny"
        counts?: boolean
        allows?: Array<string>
        refuses?: Array<string>
        /** Who has changed it, where that is known */
        by: string | null
      }>
    }>
  }
  SignInAttempt: {
    id: string
    /** What the person was shown */
    reference: string
    method: "saml" | "oidc" | "password" | "passkey" | "invitation" | "emergency"
    connectionId: string | null
    userId: string | null
    outcome: "signed_in" | "refused" | "tested" | "pending" | "cancelled"
    /** The check that refused */
    reason: string | null
    /** What was received, decoded and mapped, and each check with its result; secrets are left out */
    trace: {
      steps: Array<{
        check: string
        result: "ok" | "failed" | "note"
        detail?: string
      }>
      received: Record<string, unknown>
      mapped: Record<string, unknown>
      /** Of a refusal: it was a test */
      isTest?: true
    }
    ip: string | null
    userAgent: string | null
    occurredAt: string
    /** How many it stands for: refusals of callers who had begun nothing are counted by connection, reason and hour */
    count: number
    /** When the latest of several was */
    lastAt: string | null
  }
  LinkRequest: {
    id: string
    connectionId: string
    connectionName: string
    /** How the provider calls them */
    subject: string
    /** Whom they would be */
    userId: string
    userName: string
    displayName: string | null
    /** The address by which the person was found */
    email: string
    status: "pending" | "approved" | "refused"
    createdAt: string
    lastSeenAt: string
    decidedAt: string | null
    decidedBy: string | null
  }
  SignInExplanation: {
    name: string
    /** What settles it */
    outcome: "organization_suspended" | "not_found" | "other_name" | "comes_to_exist" | "deleted_by_directory" | "invited" | "invitation_expired" | "awaits_approval" | "inactive" | "erased" | "emergency_account" | "provider_required" | "provider_by_domain" | "provider_known" | "password_off" | "no_way_in" | "link_awaits_approval" | "locked" | "no_role" | "works"
    findings: Array<{
      code: "organization_suspended" | "not_found" | "other_name" | "comes_to_exist" | "deleted_by_directory" | "invited" | "invitation_expired" | "awaits_approval" | "inactive" | "erased" | "emergency_account" | "provider_required" | "provider_by_domain" | "provider_known" | "password_off" | "no_way_in" | "link_awaits_approval" | "locked" | "no_role" | "works"
      blocks: boolean
      message: string
      advice: string
    }>
    person: {
      id: string
      userName: string
      displayName: string | null
      status: "invited" | "active" | "inactive" | "erased"
      statusReason: string | null
    } | null
    connections: Array<{
      id: string
      name: string
      status: string
      jit: string
      directoryId: string | null
      /** Whether it can say who they are */
      leads: boolean
    }>
    /** The latest attempts; GET /sign-in-attempts/{id} has their traces */
    attempts: Array<{
      id: string
      reference: string
      method: string
      connectionId: string | null
      outcome: string
      reason: string | null
      occurredAt: string
    }>
  }
  Application: {
    id: string
    /** `confidential` keeps a secret on a server; `public` (single-page, mobile, command line) has none; `machine` signs nobody in */
    kind: "confidential" | "public" | "machine"
    name: string
    /** Where codes may be sent: https, or http on loopback; for public applications also com.example.app:/callback. Compared character by character, but for the port of a public application on loopback */
    redirectUris: Array<string>
    postLogoutRedirectUris: Array<string>
    /** Where the end of a session is told */
    backchannelLogoutUri: string | null
    /** Whose pages may call the endpoints for tokens; of public applications alone */
    browserOrigins: Array<string>
    /** False for an application that knows no PKCE (RFC 7636) */
    isPkceRequired: boolean
    /** By which keys its ID tokens and logout tokens are signed */
    idTokenAlgorithm: "RS256" | "ES256"
    /** How its tokens list brands: as objects with their roles, or by their slugs alone */
    brandsClaim: "objects" | "slugs"
    /** True for one that may sign people in on devices without a browser (RFC 8628) */
    isDeviceFlowAllowed: boolean
    /** True for one whose tokens are bound to a key that it proves to have (DPoP, RFC 9449) */
    isDpopRequired: boolean
    /** Public keys by which it proves who it is, in place of its secret (RFC 7523) */
    jwks: {
      keys: Array<Record<string, unknown>>
    } | null
    /** Where such keys are published, at a public https address */
    jwksUri: string | null
    /** What it may ask access tokens for (RFC 8707), and what these look like */
    resources: Array<{
      uri: string
      format: "opaque" | "jwt"
      /** 60 to 600; 300 unless said otherwise */
      lifetimeSeconds?: number
    }>
    /** URIs of what it serves itself: it may introspect tokens for these (RFC 7662) */
    servedResources: Array<string>
    /** Whether its tokens say organization, roles and brands unasked, or each by its scope */
    accessClaims: "always" | "by_scope"
    /** Which attribute of a person, as SCIM names it, goes into which claim, with the scope profile */
    claimMappings: Array<{
      claim: string
      attribute: string
    }>
    rights: (Schemas['ApplicationRights'] | null)
    status: "active" | "disabled"
    clientId: string
    issuer: string
    discoveryUrl: string
    createdAt: string
    updatedAt: string
  }
  /** What a machine may do, by the tokens that it gets for itself */
  ApplicationRights: {
    /** `decisions`: asks what people may do, and nothing else; `permissions`: what the list of them lets people do */
    access: "everything" | "decisions" | "permissions"
    permissions: Array<string> | null
    /** Null: in the whole organization */
    brandIds: Array<string> | null
    addressRanges: Array<string> | null
  }
  NewApplication: (Schemas['Application'] & {
    /** Shown this once; null for one that has none, or has keys */
    clientSecret: string | null
  })
  ApplicationSecret: {
    clientId: string
    /** The client secret; shown this once */
    clientSecret: string
  }
  ApplicationClaims: {
    idToken: Record<string, unknown>
    userInfo: Record<string, unknown>
  }
  ApplicationTerms: {
    /** Which organizations it serves */
    reach: "all" | "only" | "except"
    organizationIds: Array<string>
    /** Whether organizations may switch it off for themselves */
    isOptional: boolean
  }
  PlatformApplication: {
    id: string
    name: string
    kind: "confidential" | "public"
    /** Whether organizations may switch it off for themselves */
    isOptional: boolean
    isOn: boolean
  }
  InvitationPreview: {
    email: string
    displayName: string | null
    person: "new" | "invited" | "exists" | "waiting"
    roles: Array<{
      role: {
        id: string
        key: string
        name: string
        purpose: string
        allows: Array<string>
      }
      brand: {
        id: string
        slug: string
        name: string
      } | null
    }>
    /** How long the link is good */
    days: number
    /** When what they will hold ends */
    expiresAt: string | null
    warnings: Array<{
      code: "personal_mail" | "foreign_domain" | "no_end_date" | "administrator" | "provider_required"
      message: string
    }>
  }
  CreateInvitation: {
    email: string
    /** First and last name, unless said otherwise */
    displayName?: string | null
    givenName?: string | null
    familyName?: string | null
    /** In the organization */
    roleId?: string | null
    brands?: Array<{
      brandId: string
      roleId: string
    }>
    /** Single permissions on top of a role that the invitation gives there, or taken from it */
    overrides?: Array<{
      permission: string
      effect?: "allow" | "deny"
      brandId?: string | null
      reason: string
      /** With the rest, unless said otherwise; it needs an end */
      expiresAt?: string | null
    }>
    /** A few words of your own; they are in the mail */
    note?: string | null
    /** How long the link is good */
    days?: number | null
    /** When what they will hold ends */
    expiresAt?: string | null
    /** Who vouches for them; the inviter unless said otherwise */
    sponsor?: string | null
  }
  InviteManyResult: {
    total: number
    counts: Record<string, number>
    outcomes: Array<{
      line: number
      email: string
      displayName: string | null
      outcome: "ready" | "invited" | "already_invited" | "exists" | "repeated" | "invalid" | "failed"
      reason: string | null
      message: string | null
      invitationId: string | null
      warnings: Array<string>
    }>
  }
  InviteMany: {
    /** Addresses, parted by commas, blanks or lines; or a CSV table with the headings email, name, role, brand, until */
    text: string
    /** In the organization, for lines without a role of their own */
    roleId?: string | null
    brands?: Array<{
      brandId: string
      roleId: string
    }>
    note?: string | null
    days?: number | null
    /** Date and time with offset, in the future where it is an end */
    expiresAt?: string | null
    /** Nobody is invited; the outcomes are what would come of it */
    isPreview?: boolean
  }
  Mail: {
    id: string
    kind: "invitation" | "password_reset" | "password_changed" | "identity_linked" | "address_change" | "emergency_use" | "emergency_drill" | "alarm" | "reminder" | "access_changed" | "report" | "checklist" | "review" | "inactivity" | "access_digest" | "test"
    recipient: string
    subject: string
    /** `kept`: there is no mail server, so it waits here to be read */
    status: "queued" | "sent" | "failed" | "kept"
    attempts: number
    nextAttemptAt: string | null
    /** What the mail server said last */
    lastError: string | null
    /** What it is about: an invitation, a user */
    targetId: string | null
    createdAt: string
    sentAt: string | null
  }
  MailWithBody: {
    id: string
    kind: "invitation" | "password_reset" | "password_changed" | "identity_linked" | "address_change" | "emergency_use" | "emergency_drill" | "alarm" | "reminder" | "access_changed" | "report" | "checklist" | "review" | "inactivity" | "access_digest" | "test"
    recipient: string
    subject: string
    /** `kept`: there is no mail server, so it waits here to be read */
    status: "queued" | "sent" | "failed" | "kept"
    attempts: number
    nextAttemptAt: string | null
    /** What the mail server said last */
    lastError: string | null
    /** What it is about: an invitation, a user */
    targetId: string | null
    createdAt: string
    sentAt: string | null
    /** Only while the mail is kept; links in it belong to the recipient */
    body: {
      text: string
      html: string
    } | null
  }
  MailServer: {
    /** `off`: the settings stay, and the mail server of the installation sends */
    status: "on" | "off"
    /** A public host, such as `mail.example.com` */
    host: string
    port: number
    /** `tls` from the first byte, `starttls` and nothing before it; `none` for development on loopback alone */
    security: "tls" | "starttls" | "none"
    /** Null: the server asks for none */
    username: string | null
    senderAddress: string
    senderName: string
    hasPassword: boolean
    updatedAt: string
  }
  MailTrial: {
    /** Whether the server took the mail; if it arrives is another matter */
    isAccepted: boolean
    /** What the server said, or why it could not be asked */
    message: string | null
  }
  ApiKey: {
    id: string
    name: string
    lastFour: string
    /** `decisions`: asks what people may do, and nothing else; `permissions`: what the list of them lets people do */
    access: "everything" | "decisions" | "permissions"
    permissions: Array<string> | null
    /** Null: in the whole organization */
    brandIds: Array<string> | null
    addressRanges: Array<string> | null
    createdAt: string
    expiresAt: string | null
    revokedAt: string | null
    lastUsedAt: string | null
  }
  NewApiKey: (Schemas['ApiKey'] & {
    /** The key; shown this once */
    key: string
  })
  AuditEvent: {
    id: string
    occurredAt: string
    actor: {
      type: "directory" | "api_key" | "application" | "platform_key" | "operator" | "user" | "system" | "setup_link" | "support"
      id: string
      name: string | null
    }
    action: string
    targetType: string
    targetId: string
    /** As it is called today, where that is known */
    targetName: string | null
    detail: Record<string, unknown>
    requestId: string
  }
  AuditHead: {
    /** Number of the last segment; 0 where nothing is sealed yet */
    sequence: number
    /** SHA-256, as hex; covers every event up to the last one */
    hash: string | null
    sealedAt: string | null
    lastEventId: string | null
  }
  EventPage: {
    items: Array<(Schemas['Event'] & {
      /** What to send as `after` to go on behind this one */
      cursor: string
    })>
    /** What to send as `after` next, also where there was nothing */
    next: string | null
    /** True where more is there already */
    hasMore: boolean
  }
  Event: {
    /** The same in every answer and delivery */
    id: string
    type: "access.changed" | "alarm.raised" | "alarm.settled" | "api_key.issued" | "api_key.revoked" | "application.created" | "application.deleted" | "application.secret_rotated" | "application.updated" | "assignment.created" | "assignment.deleted" | "assignment.updated" | "brand.created" | "brand.deleted" | "brand.updated" | "connection.created" | "connection.status_changed" | "connection.updated" | "credential.changed" | "directory.created" | "directory.deleted" | "directory.moved" | "directory.secret_issued" | "directory.secret_revoked" | "directory.updated" | "domain.added" | "domain.removed" | "domain.updated" | "domain.verified" | "emergency.used" | "group.created" | "group.deleted" | "group.members_added" | "group.members_removed" | "group.updated" | "identity.linked" | "identity.unlinked" | "invitation.cancelled" | "invitation.created" | "invitation.resent" | "mapping.created" | "mapping.deleted" | "operator.added" | "operator.removed" | "organization.created" | "organization.deletion_scheduled" | "organization.erased" | "organization.restored" | "organization.resumed" | "organization.suspended" | "organization.updated" | "platform_key.issued" | "platform_key.revoked" | "policy.created" | "policy.deleted" | "role.created" | "role.deleted" | "role.pack_installed" | "role.updated" | "separation_rule.created" | "separation_rule.deleted" | "separation_rule.updated" | "session.ended" | "session.started" | "team.created" | "team.deleted" | "team.members_added" | "team.members_removed" | "team.updated" | "user.activated" | "user.adopted" | "user.created" | "user.deactivated" | "user.deleted" | "user.erased" | "user.groups_claimed" | "user.held" | "user.reactivated" | "user.restored" | "user.updated" | "webhook.created" | "webhook.deleted" | "webhook.paused" | "webhook.resumed" | "webhook.secret_rotated" | "webhook.updated"
    version: 1
    timestamp: string
    organizationId: string
    actor: {
      type: string
      id: string
    }
    /** By the type: schemas/events.json */
    data: Record<string, unknown>
  }
  Webhook: {
    id: string
    /** https, a public address */
    url: string
    description: string
    /** Null: all of them */
    types: Array<"access.changed" | "alarm.raised" | "alarm.settled" | "api_key.issued" | "api_key.revoked" | "application.created" | "application.deleted" | "application.secret_rotated" | "application.updated" | "assignment.created" | "assignment.deleted" | "assignment.updated" | "brand.created" | "brand.deleted" | "brand.updated" | "connection.created" | "connection.status_changed" | "connection.updated" | "credential.changed" | "directory.created" | "directory.deleted" | "directory.moved" | "directory.secret_issued" | "directory.secret_revoked" | "directory.updated" | "domain.added" | "domain.removed" | "domain.updated" | "domain.verified" | "emergency.used" | "group.created" | "group.deleted" | "group.members_added" | "group.members_removed" | "group.updated" | "identity.linked" | "identity.unlinked" | "invitation.cancelled" | "invitation.created" | "invitation.resent" | "mapping.created" | "mapping.deleted" | "operator.added" | "operator.removed" | "organization.created" | "organization.deletion_scheduled" | "organization.erased" | "organization.restored" | "organization.resumed" | "organization.suspended" | "organization.updated" | "platform_key.issued" | "platform_key.revoked" | "policy.created" | "policy.deleted" | "role.created" | "role.deleted" | "role.pack_installed" | "role.updated" | "separation_rule.created" | "separation_rule.deleted" | "separation_rule.updated" | "session.ended" | "session.started" | "team.created" | "team.deleted" | "team.members_added" | "team.members_removed" | "team.updated" | "user.activated" | "user.adopted" | "user.created" | "user.deactivated" | "user.deleted" | "user.erased" | "user.groups_claimed" | "user.held" | "user.reactivated" | "user.restored" | "user.updated" | "webhook.created" | "webhook.deleted" | "webhook.paused" | "webhook.resumed" | "webhook.secret_rotated" | "webhook.updated"> | null
    /** Of webhooks of the platform: which organizations they are told of */
    reach: "all" | "only" | "except"
    organizationIds: Array<string>
    status: "active" | "paused"
    pauseReason: "manual" | "failing" | "gone" | null
    /** For `v1a` signatures */
    publicKey: string
    /** Until when the former secret and key sign, too */
    previousUntil: string | null
    /** How often the next event was tried without success */
    attempts: number
    failingSince: string | null
    failingEventId: string | null
    nextAttemptAt: string | null
    deliveredAt: string | null
    createdAt: string
    createdBy: string
  }
  WebhookWithSecret: (Schemas['Webhook'] & {
    /** `whsec_…`, for `v1` signatures; shown this once */
    secret: string
  })
  WebhookAttemptWithBodies: {
    id: string
    kind: "event" | "replay" | "test"
    eventId: string
    eventType: string
    organizationId: string
    attempt: number
    sentAt: string
    durationMillis: number
    isDelivered: boolean
    status: number | null
    error: string | null
    nextAttemptAt: string | null
    request: {
      headers: Record<string, string>
      body: string
    }
    /** The first 2,000 characters */
    answer: string | null
  }
  WebhookAttempt: {
    id: string
    kind: "event" | "replay" | "test"
    eventId: string
    eventType: string
    organizationId: string
    attempt: number
    sentAt: string
    durationMillis: number
    isDelivered: boolean
    status: number | null
    error: string | null
    nextAttemptAt: string | null
  }
  Alarm: {
    id: string
    /** `emergency_drill` only notes that the monthly mail went out */
    kind: "last_administrator" | "return_due" | "end_date_refused" | "inactivity_refused" | "absence_refused" | "certificate_ending" | "client_secret_ending" | "sponsor_left" | "self_grant" | "access_request" | "invitation_claimed" | "link_request" | "link_undone" | "adoption_request" | "mass_change" | "address_proposal" | "reactivation_held" | "groups_unreadable" | "draft_waiting" | "draft_stalled" | "review_stalled" | "review_tasks" | "webhook_failing" | "webhook_paused" | "emergency_drill" | "support_request"
    /** What it is about, by the kind: userId, connectionId, notAfter and so on */
    detail: Record<string, unknown>
    raisedAt: string
    /** When mails about it were queued */
    notifiedAt: string | null
    settledAt: string | null
    settledBy: string | null
  }
}

export type Paths = {
  '/organizations': {
    /** List the organizations that the key reaches */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        /** Part of the name or the slug; platform keys alone */
        q?: string
        status?: "active" | "suspended" | "deleting"
        externalId?: string
      }
      answer: {
        items: Array<Schemas['Organization']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Create an organization with its roles, brands, settings, administrators and setup link, all or nothing */
    post: {
      body: Schemas['CreateOrganization']
      answer: Schemas['CreatedOrganization']
    }
  }
  '/organizations/{id}': {
    /** Read the organization */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Organization']
    }
    /** Change the organization */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        name?: string
        /** Whether an administrator of the organization has access to brands without a membership there */
        administratorBrandAccess?: "explicit" | "implicit"
        /** Whether several roles in one scope unite, or only those of the highest rank count */
        roleStrategy?: "union" | "highest"
        /** `privileged`: rights over others are given by drafts alone that a second person has approved */
        secondPerson?: "never" | "privileged"
        /** Suspended, nobody signs in and every key and token is refused; nothing is lost */
        status?: "active" | "suspended"
        /** Your own id of it; each is given once */
        externalId?: string | null
        /** What you keep about it: up to 50 entries; its own people never see it */
        metadata?: Record<string, string>
        /** How many people may be active; null: any number. Nobody who is active is touched by it */
        seatLimit?: {
          seats: number
          /** `hold`: whoever a directory or a first sign-in brings beyond it waits to be let in */
          rule: "warn" | "hold"
        } | null
      }
      answer: Schemas['Organization']
    }
    /** Delete an organization: suspended at once, erased when the retention ends */
    delete: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        /** 0 to 365; 30 unless said otherwise */
        retentionDays?: number
      }
      answer: Schemas['Organization']
    }
  }
  '/seats': {
    /** Read how many people are active, and how many may be */
    get: {
      answer: Schemas['SeatUse']
    }
  }
  '/organizations/{id}/export': {
    /** Download everything of an organization, without secrets, as lines of JSON with `table` and `row` */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: string
    }
  }
  '/brands': {
    /** List the brands */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['Brand']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Create a brand */
    post: {
      body: {
        slug: string
        name: string
      }
      answer: Schemas['Brand']
    }
  }
  '/brands/{id}': {
    /** Read a brand */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Brand']
    }
    /** Change slug or name of a brand */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        slug?: string
        name?: string
      }
      answer: Schemas['Brand']
    }
    /** Delete a brand with its mappings and assignments */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/users': {
    /** List and search users; all filters have to hold */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        sort?: "name" | "userName" | "role" | "status" | "lastActive" | "created"
        direction?: "asc" | "desc"
        userName?: string
        email?: string
        status?: "invited" | "active" | "inactive" | "erased"
        /** Words, each a part of a name or address; case and accents do not matter */
        q?: string
        /** Who holds this role: anywhere, or, with `brandId`, in the organization or in that brand */
        roleId?: string
        /** Who holds any role in this brand */
        brandId?: string
        /** Id of the directory that manages them or a connection that they came through, or `local` */
        source?: string
        activeSince?: string
        /** Who was never active counts, too */
        notActiveSince?: string
        neverActive?: "true" | "false"
        /** People alone, the sealed emergency accounts alone, or both */
        accounts?: "people" | "emergency" | "all"
      }
      answer: {
        items: Array<Schemas['ListedUser']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
        total: number
      }
    }
    /** Create a user who belongs to no directory, with a first password where they are to sign in by one */
    post: {
      body: Schemas['CreateUser']
      answer: Schemas['User']
    }
  }
  '/users/{id}': {
    /** Read a user */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['User']
    }
    /** Change a user who belongs to no directory */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: Schemas['UpdateUser']
      answer: Schemas['User']
    }
    /** Delete a user: shut out, hidden, and restorable until the retention ends */
    delete: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        /** Why, for the audit trail */
        note?: string
        /** Who takes over what they leave behind: id, userName or address of somebody active */
        handOverTo?: string
      }
      answer: undefined
    }
  }
  '/users/{id}/approve': {
    /** Let a user in who waits: after a first sign-in, or brought by a staged directory; nothing changes for others */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['User']
    }
  }
  '/user-imports': {
    /** Create people with passwords and identities of another system; sending the same again changes nothing */
    post: {
      query?: {
        /** Everything is tried, and nothing is kept */
        dryRun?: "true" | "false"
        /** The hash parameters of a Firebase project, as JSON */
        firebase?: string
      }
      body: string
      contentType: 'application/x-ndjson' | 'text/csv'
      answer: {
        items: Array<Schemas['UserImportOutcome']>
      }
    }
  }
  '/users/{id}/erase': {
    /** Destroy what is known of an inactive user; the id stays for the audit trail */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        /** The userName, once more */
        confirm?: string
      }
      answer: undefined
    }
  }
  '/users/{id}/deactivate': {
    /** Switch a user off and close everything they hold */
    post: {
      params: {
        /** The id */
        id: string
      }
      body?: {
        /** Why, for the audit trail */
        note?: string | null
        /** When they are expected back */
        returnsAt?: string | null
        handOver?: {
          /** Who gets what `items` does not name; what they cannot have stays */
          to?: string | null
          /** A kind as a whole, or one thing; `to` null: it stays behind */
          items?: Array<{
            kind: "ownership" | "sponsored" | "team" | "review" | "review_line" | "task" | "asset"
            item?: string
            /** Id, userName or address of somebody active */
            to: string | null
          }>
        } | null
      }
      answer: Schemas['User']
    }
  }
  '/users/{id}/reactivate': {
    /** Switch a user on again; old sessions and keys stay closed */
    post: {
      params: {
        /** The id */
        id: string
      }
      body?: {
        /** Which direct assignments come back: all (unless said otherwise), none, or these */
        restore?: ("all" | "none" | Array<string>)
        mustChangePassword?: boolean
        /** What was handed over, and is still as it was, returns */
        takeBack?: boolean
      }
      answer: Schemas['User']
    }
  }
  '/users/{id}/deactivation-preview': {
    /** What switching a user off would close */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['DeactivationPreview']
    }
  }
  '/users/{id}/reactivation-preview': {
    /** What switching a user on again would bring back */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['ReactivationPreview']
    }
  }
  '/users/{id}/deactivation-receipt': {
    /** What the latest deactivation of a user closed */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['DeactivationReceipt']
    }
  }
  '/users/{id}/cut-off-receipt': {
    /** What the latest deactivation closed, who was told of it, and who has not confirmed it yet; signed */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: {
        receipt: Schemas['CutOffReceipt']
        /** The receipt as a JWS (ES256), to be checked with the keys of the provider */
        jws: string
      }
    }
  }
  '/left-behind': {
    /** List people who have gone and left work behind that nobody has taken over */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['LeftByPerson']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/users/{id}/left-behind': {
    /** What hangs on a user, also on one who is deleted or still here */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: {
        user: Schemas['Leaver']
        work: Array<Schemas['Work']>
        made: Schemas['MadeByThem']
        returnable: Array<Schemas['ReturnableWork']>
      }
    }
  }
  '/users/{id}/hand-over': {
    /** Hand over what a user leaves behind */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        /** Who gets what `items` does not name; what they cannot have stays */
        to?: string | null
        /** A kind as a whole, or one thing; `to` null: it stays behind */
        items?: Array<{
          kind: "ownership" | "sponsored" | "team" | "review" | "review_line" | "task" | "asset"
          item?: string
          /** Id, userName or address of somebody active */
          to: string | null
        }>
      }
      answer: {
        handedOver: Array<Schemas['Work']>
        left: Array<Schemas['Work']>
      }
    }
  }
  '/users/{id}/take-back': {
    /** Give a user who is active again what was handed over and is still as it was */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: {
        takenBack: Array<Schemas['Work']>
      }
    }
  }
  '/deleted-users': {
    /** List users who are deleted and not erased yet */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['DeletedUser']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/users/{id}/restore': {
    /** Restore a deleted user as they were; old sessions and keys stay closed */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['User']
    }
  }
  '/user-changes/preview': {
    /** What a change of many users would do to each; nothing is changed */
    post: {
      body: {
        action: Schemas['UserChange']
        selection: ({
          userIds: Array<string>
        } | {
          filter: {
            q?: string
            status?: "invited" | "active" | "inactive" | "erased"
            roleId?: string
            brandId?: string
            source?: string
            /** Date and time with offset, in the future where it is an end */
            activeSince?: string
            /** Date and time with offset, in the future where it is an end */
            notActiveSince?: string
            neverActive?: boolean
          }
        })
        /** Left out of what the filter finds */
        excluded?: Array<string>
      }
      answer: Schemas['UserChangePreview']
    }
  }
  '/user-changes': {
    /** Change many users, as it was previewed; whom it fails for keeps nobody else back */
    post: {
      body: {
        action: Schemas['UserChange']
        selection: ({
          userIds: Array<string>
        } | {
          filter: {
            q?: string
            status?: "invited" | "active" | "inactive" | "erased"
            roleId?: string
            brandId?: string
            source?: string
            /** Date and time with offset, in the future where it is an end */
            activeSince?: string
            /** Date and time with offset, in the future where it is an end */
            notActiveSince?: string
            neverActive?: boolean
          }
        })
        /** Left out of what the filter finds */
        excluded?: Array<string>
        hash: string
      }
      answer: Schemas['UserChangeProgress']
    }
  }
  '/user-changes/{id}': {
    /** How far a change of many users is */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['UserChangeProgress']
    }
  }
  '/user-changes/{id}/outcomes': {
    /** What came of each, so far: what failed first, then who was kept back */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: {
        items: Array<Schemas['UserChangeOutcome']>
      }
    }
  }
  '/users/{id}/access': {
    /** List what a user holds, each with its source */
    get: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        /** As it was at that moment, back to the beginning of the organization’s history; now without it */
        at?: string
      }
      answer: Schemas['Access']
    }
  }
  '/users/{id}/explain': {
    /** Say whether a user may do something, and why */
    get: {
      params: {
        /** The id */
        id: string
      }
      query: {
        permission: string
        /** Id or slug; without it the organization is meant */
        brand?: string
        /** A registered asset, as type/id; its brand is where it is asked */
        asset?: string
        /** As it was at that moment, back to the beginning of the organization’s history; now without it */
        at?: string
      }
      answer: Schemas['Explanation']
    }
  }
  '/users/{id}/access-matrix': {
    /** What a user holds: roles by organization and brands, each with its sources */
    get: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        /** As it was at that moment, back to the beginning of the organization’s history; now without it */
        at?: string
      }
      answer: Schemas['AccessMatrix']
    }
  }
  '/users/{id}/permissions': {
    /** What a user may do: permissions by organization and brands */
    get: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        /** As it was at that moment, back to the beginning of the organization’s history; now without it */
        at?: string
      }
      answer: Schemas['PermissionMatrix']
    }
  }
  '/users/{id}/password': {
    /** Give a local user a password; all of their sessions end */
    put: {
      params: {
        /** The id */
        id: string
      }
      body: Schemas['SetPassword']
      answer: undefined
    }
  }
  '/emergency-accounts': {
    /** List the emergency accounts, and whether they are proven to work */
    get: {
      answer: {
        items: Array<Schemas['EmergencyAccount']>
      }
    }
    /** Make an emergency account */
    post: {
      body: {
        name: string
      }
      answer: Schemas['EmergencyEnvelope']
    }
  }
  '/emergency-accounts/{id}/reseal': {
    /** Give an emergency account a new password, authenticator and codes; its sessions end */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['EmergencyEnvelope']
    }
  }
  '/emergency-uses': {
    /** List what emergency accounts were used for, drills left out */
    get: {
      answer: {
        items: Array<Schemas['EmergencyUse']>
      }
    }
  }
  '/emergency-uses/{id}/report': {
    /** Sign the report about a use, once the account is sealed anew */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        statement: string
      }
      answer: Schemas['EmergencyUse']
    }
  }
  '/users/{id}/sessions': {
    /** List the live sessions of a user, the last seen first */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: {
        items: Array<Schemas['Session']>
      }
    }
    /** Sign a user out everywhere, with the tokens that applications hold for those sessions */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/sessions/{id}': {
    /** End a session, with the tokens that applications hold for it; an ended one is no error */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/groups': {
    /** List the groups, of directories and local ones */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        displayName?: string
        /** Part of the name */
        q?: string
      }
      answer: {
        items: Array<Schemas['Group']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Create a group that belongs to no directory */
    post: {
      body: {
        displayName: string
        userIds?: Array<string>
      }
      answer: Schemas['Group']
    }
  }
  '/groups/{id}': {
    /** Read a group */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Group']
    }
    /** Rename a group that belongs to no directory */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        displayName: string
      }
      answer: Schemas['Group']
    }
    /** Delete a group that belongs to no directory, with its memberships and mappings */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/groups/{id}/members': {
    /** List the members of a group */
    get: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['Member']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Add members to a group that belongs to no directory */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        userIds?: Array<string>
        /** Groups to nest; cycles are refused */
        groupIds?: Array<string>
      }
      answer: undefined
    }
  }
  '/groups/{id}/members/{memberId}': {
    /** Remove a member from a group that belongs to no directory */
    delete: {
      params: {
        /** The id */
        id: string
        /** The id of the user or group */
        memberId: string
      }
      answer: undefined
    }
  }
  '/holders': {
    /** List active and invited people who hold a role or stand in a brand, by name */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        cursor?: string
        roleId?: string
        /** A brand, or `organization` for what is held in no brand; without it, anywhere */
        brandId?: string
        /** Words of names or addresses */
        q?: string
        /** People alone, the sealed emergency accounts alone, or both */
        accounts?: "people" | "emergency" | "all"
        /** As it was at that moment, back to the beginning of the organization’s history; now without it */
        at?: string
      }
      answer: {
        items: Array<Schemas['Holder']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
        total: number
      }
    }
  }
  '/holders/export': {
    /** Download the same as CSV */
    get: {
      query?: {
        roleId?: string
        /** A brand, or `organization` for what is held in no brand; without it, anywhere */
        brandId?: string
        /** Words of names or addresses */
        q?: string
        /** People alone, the sealed emergency accounts alone, or both */
        accounts?: "people" | "emergency" | "all"
        /** As it was at that moment, back to the beginning of the organization’s history; now without it */
        at?: string
      }
      answer: string
    }
  }
  '/teams': {
    /** List the teams, by name */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        /** Words of the name */
        q?: string
        /** Of this brand; `organization`: of no brand */
        brandId?: string
        /** That this user is in, or in a team within */
        userId?: string
      }
      answer: {
        items: Array<Schemas['ListedTeam']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Create a team */
    post: {
      body: {
        name: string
        /** Without one, a team of the organization */
        brandId?: string | null
        /** The team that it is within: whoever is in this one is in that one, too. No deeper than one */
        parentId?: string | null
        /** A user, who may add people and take them out */
        leaderId?: string | null
      }
      answer: Schemas['Team']
    }
  }
  '/teams/{id}': {
    /** Read a team */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Team']
    }
    /** Rename a team, or change its leader or the team that it is within */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        name?: string
        parentId?: string | null
        leaderId?: string | null
      }
      answer: Schemas['Team']
    }
    /** Delete a team, and what it gives */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/teams/{id}/members': {
    /** List the people of a team, by name, with how they are in it */
    get: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['TeamPerson']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Add people to a team by hand */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        userIds: Array<string>
      }
      answer: undefined
    }
  }
  '/teams/{id}/members/{partId}': {
    /** Take somebody out who was added by hand */
    delete: {
      params: {
        /** The id */
        id: string
        partId: string
      }
      answer: undefined
    }
  }
  '/teams/{id}/left-out': {
    /** List the people who are left out of a team, whatever fills it */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: {
        items: Array<{
          user: {
            id: string
            userName: string
            displayName: string | null
          }
          reason: string
          createdAt: string
          createdBy: string
        }>
      }
    }
  }
  '/teams/{id}/left-out/{partId}': {
    /** Leave somebody out of a team, whatever fills it */
    put: {
      params: {
        /** The id */
        id: string
        partId: string
      }
      body: {
        reason: string
      }
      answer: undefined
    }
    /** Let what fills a team count for somebody again */
    delete: {
      params: {
        /** The id */
        id: string
        partId: string
      }
      answer: undefined
    }
  }
  '/teams/{id}/sources': {
    /** List the groups and filters that fill a team */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: {
        items: Array<Schemas['TeamSource']>
      }
    }
    /** Have a team filled by a group, those within it included, or by a filter */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        groupId?: string | null
        /** In place of a group */
        filter?: string | null
      }
      answer: Schemas['TeamSource']
    }
  }
  '/teams/{id}/sources/{partId}': {
    /** Have a team no longer filled by this */
    delete: {
      params: {
        /** The id */
        id: string
        partId: string
      }
      answer: undefined
    }
  }
  '/teams/{id}/roles': {
    /** List the roles of a team, with those of the team that it is within */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: {
        items: Array<Schemas['TeamRole']>
      }
    }
    /** Give a role to everybody in a team and in the teams within it */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        roleId: string
        /** Without one, in the organization, or in the brand that the team is of */
        brandId?: string | null
        reason: string
        /** Date and time with offset, in the future where it is an end */
        expiresAt?: string | null
      }
      answer: Schemas['TeamRole']
    }
  }
  '/teams/{id}/roles/{partId}': {
    /** Change the end or the reason of a role of a team */
    patch: {
      params: {
        /** The id */
        id: string
        partId: string
      }
      body: {
        reason?: string
        /** Date and time with offset, in the future where it is an end */
        expiresAt?: string | null
      }
      answer: Schemas['TeamRole']
    }
    /** Take a role back from a team */
    delete: {
      params: {
        /** The id */
        id: string
        partId: string
      }
      answer: undefined
    }
  }
  '/asset-types': {
    /** List the types of assets that applications have registered */
    get: {
      answer: {
        items: Array<Schemas['AssetType']>
      }
    }
  }
  '/asset-types/{name}': {
    /** Register a type of assets, such as library, campaign, dashboard or account */
    put: {
      params: {
        name: string
      }
      body: {
        label: string
      }
      answer: Schemas['AssetType']
    }
    /** Withdraw a type of which there are no assets */
    delete: {
      params: {
        name: string
      }
      answer: undefined
    }
  }
  '/assets': {
    /** List the assets; with a user and a permission, those with which they may do that */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        type?: string
        brandId?: string
        /** That are for this team */
        teamId?: string
        /** Words of the name */
        q?: string
        /** Id or userName; together with `permission` */
        user?: string
        permission?: string
        /** As it was at that moment, back to the beginning of the organization’s history; now without it */
        at?: string
      }
      answer: ({
        items: Array<Schemas['Asset']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      } | {
        items: Array<Schemas['VisibleAsset']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      })
    }
    /** Register up to a thousand assets at once */
    put: {
      body: {
        assets: Array<{
          type: string
          id: string
          name: string
          brandId?: string | null
          /** Null: open to everybody who may do the thing. A list, also an empty one, restricts it */
          teamIds?: Array<string> | null
          /** The user who created it, and sees it although restricted */
          creatorId?: string | null
          /** Users whom it is assigned to, and who see it although restricted */
          assigneeIds?: Array<string>
        }>
      }
      answer: {
        changed: number
      }
    }
  }
  '/assets/{type}/{id}': {
    /** Read an asset */
    get: {
      params: {
        type: string
        id: string
      }
      answer: Schemas['Asset']
    }
    /** Register an asset, with its brand and the teams that it is for */
    put: {
      params: {
        type: string
        id: string
      }
      body: {
        name: string
        brandId?: string | null
        /** Null: open to everybody who may do the thing. A list, also an empty one, restricts it */
        teamIds?: Array<string> | null
        /** The user who created it, and sees it although restricted */
        creatorId?: string | null
        /** Users whom it is assigned to, and who see it although restricted */
        assigneeIds?: Array<string>
      }
      answer: Schemas['Asset']
    }
    /** Withdraw an asset */
    delete: {
      params: {
        type: string
        id: string
      }
      answer: undefined
    }
  }
  '/ownerships': {
    /** List what people own or approve in host applications */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        cursor?: string
        type?: string
        kind?: "owner" | "approver"
        userId?: string
        brandId?: string
      }
      answer: {
        items: Array<Schemas['Ownership']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Register what people own or approve, up to a thousand things at once; repeating is harmless */
    put: {
      body: {
        ownerships: Array<{
          type: string
          /** The application’s own */
          id: string
          kind?: "owner" | "approver"
          name: string
          /** Id or userName */
          user: string
          /** Where it is looked at: https */
          url?: string | null
          brandId?: string | null
        }>
      }
      answer: {
        changed: number
      }
    }
  }
  '/ownerships/changes': {
    /** List what was handed over since, oldest first, to be carried out in the application */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['OwnershipChange']>
        /** To go on from, now or later */
        nextCursor: string
      }
    }
  }
  '/ownerships/{type}/{id}': {
    /** Withdraw who owns or approves a thing; of one kind or user where they are named */
    delete: {
      params: {
        type: string
        /** The application’s own */
        id: string
      }
      query?: {
        kind?: "owner" | "approver"
        userId?: string
      }
      answer: undefined
    }
  }
  '/roles': {
    /** List the roles with what they allow and deny */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['Role']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Create a custom role */
    post: {
      body: {
        key: string
        name: string
        /** What the role is for; shown wherever it is chosen */
        purpose: string
        /** Higher is more; decides under the role strategy `highest` */
        rank?: number
        allows?: Array<string>
        /** Denied even where another role allows it */
        denies?: Array<string>
        owner?: string | null
        /** Date and time with offset, in the future where it is an end */
        reviewAt?: string | null
      }
      answer: Schemas['Role']
    }
  }
  '/roles/{id}/clone': {
    /** Create a custom role as a copy of another role */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        key: string
        name: string
        /** What the role is for; shown wherever it is chosen */
        purpose: string
        owner?: string | null
        /** Date and time with offset, in the future where it is an end */
        reviewAt?: string | null
      }
      answer: Schemas['Role']
    }
  }
  '/roles/{id}': {
    /** Read a role */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Role']
    }
    /** Change a custom role, for all who hold it */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        key?: string
        name?: string
        /** What the role is for; shown wherever it is chosen */
        purpose?: string
        /** Higher is more; decides under the role strategy `highest` */
        rank?: number
        allows?: Array<string>
        /** Denied even where another role allows it */
        denies?: Array<string>
        owner?: string | null
        /** Date and time with offset, in the future where it is an end */
        reviewAt?: string | null
      }
      answer: Schemas['Role']
    }
    /** Delete a custom role that nothing gives */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/role-packs': {
    /** List the role packs */
    get: {
      answer: {
        items: Array<Schemas['RolePack']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Add the roles of a pack that are not there yet */
    post: {
      body: {
        pack: string
      }
      answer: {
        pack: string
        added: Array<string>
      }
    }
  }
  '/mappings': {
    /** List the mappings */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['Mapping']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Give a role to the members of a group, in the organization or in a brand */
    post: {
      body: {
        groupId?: string | null
        /** In place of a group */
        filter?: string | null
        roleId: string
        brandId?: string | null
      }
      answer: Schemas['Mapping']
    }
  }
  '/mapping-suggestions': {
    /** Mappings that the names of groups suggest; nothing is mapped by it */
    get: {
      query?: {
        /** Without one, any name with a role and a brand in it */
        pattern?: string
      }
      answer: {
        items: Array<{
          group: {
            id: string
            displayName: string
          }
          role: {
            id: string
            key: string
            name: string
          }
          brand: {
            id: string
            slug: string
            name: string
          } | null
          isWithinCeiling: boolean
        }>
      }
    }
  }
  '/mappings/{id}': {
    /** Read a mapping */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Mapping']
    }
    /** Take back what a mapping gives */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/policies': {
    /** List the rules that take permissions away */
    get: {
      answer: {
        items: Array<Schemas['Policy']>
      }
    }
    /** Take a permission away from everybody but the holders of some roles */
    post: {
      body: {
        name: string
        permission: string
        brandId?: string | null
        exceptRoleIds?: Array<string>
      }
      answer: Schemas['Policy']
    }
  }
  '/policies/{id}': {
    /** Delete a policy */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/permissions': {
    /** The catalogue that roles are built from */
    get: {
      answer: {
        items: Array<Schemas['Permission']>
        nextCursor: null
      }
    }
  }
  '/permissions/{name}': {
    /** Register a permission of a host application; its name begins with `app.` */
    put: {
      params: {
        name: string
      }
      body: {
        description: string
        parameter?: string | null
      }
      answer: Schemas['Permission']
    }
    /** Take a registered permission out of the catalogue */
    delete: {
      params: {
        name: string
      }
      answer: undefined
    }
  }
  '/drafts': {
    /** List the drafts of changes, the newest first */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        status?: "open" | "waiting" | "approved" | "applied" | "undone" | "discarded"
      }
      answer: {
        items: Array<Schemas['Draft']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Put several changes of access into a draft; nothing of it is made yet */
    post: {
      body: {
        name: string
        changes: Array<Schemas['AccessChange']>
      }
      answer: Schemas['Draft']
    }
  }
  '/drafts/{id}': {
    /** Read a draft */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Draft']
    }
    /** Change a draft; it is open again afterwards */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        name?: string
        changes?: Array<Schemas['AccessChange']>
      }
      answer: Schemas['Draft']
    }
  }
  '/drafts/{id}/discard': {
    /** Throw a draft away; it stays on record */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Draft']
    }
  }
  '/drafts/{id}/preview': {
    /** What all of it would do together, as of now */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['AccessPreview']
    }
  }
  '/drafts/{id}/submit': {
    /** Ask for the word of a second person */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Draft']
    }
  }
  '/drafts/{id}/approve': {
    /** Approve a draft, as a person who has neither made nor changed it */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        hash: string
      }
      answer: Schemas['Draft']
    }
  }
  '/drafts/{id}/reject': {
    /** Send a draft back, with a word why */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        note: string
      }
      answer: Schemas['Draft']
    }
  }
  '/drafts/{id}/apply': {
    /** Make all of it, if it does what its preview showed */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        hash: string
      }
      answer: Schemas['Draft']
    }
  }
  '/drafts/{id}/schedule': {
    /** Have it made at a time, if it does then what its preview showed */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        hash: string
        /** Date and time with offset, in the future where it is an end */
        applyAt: string
      }
      answer: Schemas['Draft']
    }
  }
  '/drafts/{id}/unschedule': {
    /** Take it off its time */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Draft']
    }
  }
  '/drafts/{id}/preview-undo': {
    /** What taking all of it back would do, as of now */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['AccessPreview']
    }
  }
  '/drafts/{id}/undo': {
    /** Take all of it back, or nothing */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        hash: string
      }
      answer: Schemas['Draft']
    }
  }
  '/drafts/{id}/draft-undo': {
    /** Make a draft that takes this one back, for where that wants a second person */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Draft']
    }
  }
  '/separation-rules': {
    /** List the rules that keep two roles or permissions apart, with their exceptions */
    get: {
      answer: {
        items: Array<Schemas['SeparationRule']>
      }
    }
    /** Keep two roles or permissions apart */
    post: {
      body: {
        name: string
        purpose: string
        /** A role or a permission, one of the two */
        first: {
          roleId?: string | null
          permission?: string | null
        }
        /** A role or a permission, one of the two */
        second: {
          roleId?: string | null
          permission?: string | null
        }
        /** `enforce`: whoever holds both in one place does not have the second; `watch`: they are listed */
        mode?: "watch" | "enforce"
        exceptRoleIds?: Array<string>
      }
      answer: Schemas['SeparationRule']
    }
  }
  '/separation-rules/{id}': {
    /** Read a rule */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['SeparationRule']
    }
    /** Rename a rule, enforce it or watch it only, or except other roles */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        name?: string
        purpose?: string
        /** `enforce`: whoever holds both in one place does not have the second; `watch`: they are listed */
        mode?: "watch" | "enforce"
        exceptRoleIds?: Array<string>
      }
      answer: Schemas['SeparationRule']
    }
    /** Delete a rule and its exceptions */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/separation-rules/{id}/exceptions': {
    /** Let a user hold both, in one place, for a reason and until a date */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        userId: string
        brandId?: string | null
        reason: string
        sponsor?: string | null
        /** Date and time with offset, in the future where it is an end */
        expiresAt: string
      }
      answer: Schemas['Assignment']
    }
  }
  '/access-changes/preview': {
    /** Who would gain and who would lose what by a change; nothing is changed */
    post: {
      body: Schemas['AccessChange']
      answer: Schemas['AccessPreview']
    }
  }
  '/access-changes': {
    /** Make a change, if it does what its preview showed */
    post: {
      body: {
        change: Schemas['AccessChange']
        hash: string
      }
      answer: {
        ids: Array<string>
      }
    }
  }
  '/assignments': {
    /** List the direct assignments, ended ones too */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        userId?: string
        kind?: "role" | "override" | "exception"
      }
      answer: {
        items: Array<Schemas['Assignment']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Give a role to a user directly, for a reason */
    post: {
      body: {
        userId: string
        roleId: string
        brandId?: string | null
        /** Why; required */
        reason: string
        sponsor?: string | null
        /** Date and time with offset, in the future where it is an end */
        validFrom?: string | null
        /** Date and time with offset, in the future where it is an end */
        expiresAt?: string | null
        /** Date and time with offset, in the future where it is an end */
        reviewAt?: string | null
      }
      answer: Schemas['Assignment']
    }
  }
  '/overrides': {
    /** Give a user one permission more, or one less, on top of their roles */
    post: {
      body: {
        userId: string
        permission: string
        /** Whether they have it on top, or have it taken */
        effect: "allow" | "deny"
        brandId?: string | null
        /** Why; required */
        reason: string
        sponsor?: string | null
        /** When it ends; required */
        expiresAt: string
      }
      answer: Schemas['Assignment']
    }
  }
  '/assignments/{id}': {
    /** Read a direct assignment */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Assignment']
    }
    /** Change the role, the end, the reason or the sponsor of a direct assignment */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        /** Another role: the assignment ends, and a new one with another id begins, in one transaction */
        roleId?: string
        reason?: string
        sponsor?: string | null
        /** Date and time with offset, in the future where it is an end */
        expiresAt?: string | null
        /** Date and time with offset, in the future where it is an end */
        reviewAt?: string | null
      }
      answer: Schemas['Assignment']
    }
    /** Take back a direct assignment */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/access-reviews': {
    /** List the access reviews, the newest first */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        status?: "scheduled" | "open" | "closing" | "closed" | "cancelled"
      }
      answer: {
        items: Array<Schemas['AccessReview']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Schedule an access review; without a start, or with a past one, it opens at once */
    post: {
      body: Schemas['NewAccessReview']
      answer: Schemas['AccessReview']
    }
  }
  '/access-reviews/preview': {
    /** Show what an access review would be about if it opened now, and who would answer */
    post: {
      body: Schemas['NewAccessReview']
      answer: Schemas['AccessReviewPreview']
    }
  }
  '/access-reviews/{id}': {
    /** Show an access review and how far it is */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['AccessReviewProgress']
    }
  }
  '/access-reviews/{id}/closing': {
    /** Show what closing it now would do */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['AccessReviewClosing']
    }
  }
  '/access-reviews/{id}/close': {
    /** Close it, as it was previewed: what nobody answered is answered by what no answer means */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        hash: string
      }
      answer: Schemas['AccessReview']
    }
  }
  '/access-reviews/{id}/suspend': {
    /** Suspend it: nothing of it happens until it is resumed */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['AccessReview']
    }
  }
  '/access-reviews/{id}/resume': {
    /** Go on with it; its dates move by the time it was suspended */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['AccessReview']
    }
  }
  '/access-reviews/{id}/cancel': {
    /** Cancel it: what has not taken effect never will */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['AccessReview']
    }
  }
  '/access-reviews/{id}/take-over': {
    /** Have answers take effect in the caller’s name */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['AccessReview']
    }
  }
  '/access-reviews/{id}/restore': {
    /** Give back what it took: all of it, or some lines */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        lines?: Array<number>
      }
      answer: {
        restored: number
        /** The lines say why */
        failed: number
        /** What is gone on with in the background */
        left: number
      }
    }
  }
  '/access-reviews/{id}/evidence': {
    /** Download who held what, and who decided about it, when and why */
    get: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        format?: "csv" | "json"
      }
      answer: string
    }
  }
  '/access-reviews/{id}/lines': {
    /** List the lines of an access review, by brand and name */
    get: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        /** `pending`: the answer takes something away, and has not yet; `taken`: it has */
        state?: "unanswered" | "answered" | "pending" | "taken" | "refused"
        /** Part of the person’s name */
        q?: string
        userId?: string
        roleId?: string
        /** A brand, or `organization` */
        brandId?: string
        advice?: "keep" | "remove" | "end"
        isPrivileged?: "true" | "false"
        reviewerId?: string
      }
      answer: {
        items: Array<Schemas['AccessReviewLine']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/access-reviews/{id}/answers': {
    /** Answer lines, all of them or none; privileged access one line at a time, and nobody their own */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        /** Their positions */
        lines: Array<number>
        /** `withdraw` takes an answer back that has not taken effect */
        answer: "keep" | "remove" | "end" | "withdraw"
        /** Of the answer `end` */
        endAt?: string | null
        comment?: string | null
      }
      answer: {
        answered: number
      }
    }
  }
  '/access-reviews/{id}/pass-on': {
    /** Have somebody else answer lines; they are told */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        /** Their positions */
        lines: Array<number>
        /** An id, a user name or an address */
        to: string
        reason: string
      }
      answer: {
        passedOn: number
      }
    }
  }
  '/access-review-tasks': {
    /** List the tasks for whoever has the identity provider, the newest first */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        /** `open`: also what waits for its date */
        status?: "open" | "settled"
        reviewId?: string
        userId?: string
      }
      answer: {
        items: Array<Schemas['AccessReviewTask']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/access-review-tasks/{id}/cancel': {
    /** Give the role back that the task holds back */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/directories': {
    /** List the SCIM directories */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['Directory']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Create a SCIM directory with its first token */
    post: {
      body: {
        name: string
        /** `staged`: people whom it brings wait until `admit` lets them in; their groups and roles are there already */
        arrivals?: "active" | "staged"
        /** For people whom it brings and the organization has from elsewhere: those in a verified domain, all, or none become the directory’s; `confirm`: each waits for an administrator. Whoever manages something always does */
        adoption?: "verified_domain" | "always" | "never" | "confirm"
        /** Date and time with offset, in the future where it is an end */
        tokenExpiresAt?: string | null
      }
      answer: Schemas['NewDirectory']
    }
  }
  '/directories/{id}': {
    /** Read a directory, and how it is doing */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['DirectoryWithActivity']
    }
    /** Rename a directory, or switch it off and on; switched off, its tokens are refused at once */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        name?: string
        status?: "active" | "disabled"
        /** `staged`: people whom it brings wait until `admit` lets them in; their groups and roles are there already */
        arrivals?: "active" | "staged"
        /** For people whom it brings and the organization has from elsewhere: those in a verified domain, all, or none become the directory’s; `confirm`: each waits for an administrator. Whoever manages something always does */
        adoption?: "verified_domain" | "always" | "never" | "confirm"
        /** `on`: what more people lose at once than the limit waits for an administrator */
        brake?: "on" | "off"
        /** How many people may lose something; null: a share, or learned */
        brakePeople?: number | null
        /** The same, in percent of its people */
        brakeShare?: number | null
        /** Within how many minutes */
        brakeMinutes?: number
      }
      answer: Schemas['Directory']
    }
    /** Delete a directory that has no users and groups left */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/directories/{id}/admit': {
    /** Let in everybody who waits, and nobody waits from then on; asks for its preview first */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: {
        admitted: number
      }
    }
  }
  '/directories/{id}/move': {
    /** What a move to another directory would find, before pairs of groups are chosen */
    get: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        to?: string
      }
      answer: {
        /** Of the new directory already; taken over by the move; not brought by it yet */
        people: {
          moved: number
          waiting: number
          left: number
        }
        groups: Array<{
          id: string
          displayName: string
          members: number
          mappings: number
          suggested: string | null
        }>
        targets: Array<{
          id: string
          displayName: string
          members: number
        }>
      }
    }
    /** Hand people and mappings over to another directory, and switch this one off; asks for its preview first */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        toDirectoryId: string
        /** Whose mappings go to which group */
        groups?: Array<{
          from: string
          to: string
        }>
      }
      answer: Schemas['Directory']
    }
  }
  '/directories/{id}/adoption-requests': {
    /** List the people whom the directory asked for: the newest first */
    get: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        status?: "pending" | "adopted" | "refused"
      }
      answer: {
        items: Array<Schemas['AdoptionRequest']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/directories/{id}/adoption-requests/decide': {
    /** Confirm that people are the same, so that they become the directory’s, or refuse it */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        /** Their ids, or all that wait */
        requests: ("all" | Array<string>)
        decision: "adopt" | "refuse"
      }
      answer: {
        items: Array<{
          id: string
          userId: string
          userName: string
          error: string | null
        }>
      }
    }
  }
  '/directories/{id}/mass-changes': {
    /** List what many people lost by the directory at once: the newest first */
    get: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        open?: "true" | "false"
      }
      answer: {
        items: Array<Schemas['MassChange']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Look back by hand: what the directory has taken since a moment, to be put back */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        /** Date and time with offset, in the future where it is an end */
        since: string
      }
      answer: Schemas['MassChange']
    }
  }
  '/mass-changes/{id}': {
    /** Read a mass change */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['MassChange']
    }
  }
  '/mass-changes/{id}/people': {
    /** List everybody who lost something */
    get: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['MassChangePerson']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/mass-changes/{id}/leavers': {
    /** Note who has really left, and stays out when the rest is put back */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        userIds: Array<string>
        hasLeft?: boolean
      }
      answer: {
        noted: number
      }
    }
  }
  '/mass-changes/{id}/confirm': {
    /** Say that it was meant: what waits goes */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['MassChange']
    }
  }
  '/mass-changes/{id}/restore': {
    /** Put everybody back but those who have really left; again, to go on with one that was interrupted */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['MassChange']
    }
  }
  '/reports': {
    /** List the reports that there are */
    get: {
      answer: {
        items: Array<{
          kind: "permission_audit" | "role_usage" | "exceptions" | "separation" | "brands" | "drift" | "sign_in_risk"
          title: string
          says: string
        }>
      }
    }
  }
  '/reports/{kind}': {
    /** Make a report, of now or of a moment of the past */
    get: {
      params: {
        kind: "permission_audit" | "role_usage" | "exceptions" | "separation" | "brands" | "drift" | "sign_in_risk"
      }
      query?: {
        /** After how many days without a sign of life something counts as unused */
        unusedDays?: number
        /** As it was at that moment, back to the beginning of the organization’s history; now without it */
        at?: string
        cursor?: string
        limit?: number
      }
      answer: Schemas['Report']
    }
  }
  '/reports/{kind}/export': {
    /** Download all rows of a report as CSV */
    get: {
      params: {
        kind: "permission_audit" | "role_usage" | "exceptions" | "separation" | "brands" | "drift" | "sign_in_risk"
      }
      query?: {
        /** After how many days without a sign of life something counts as unused */
        unusedDays?: number
        /** As it was at that moment, back to the beginning of the organization’s history; now without it */
        at?: string
      }
      answer: string
    }
  }
  '/report-schedules': {
    /** List which reports are made how often, and who is told */
    get: {
      answer: {
        items: Array<Schemas['ReportSchedule']>
      }
    }
    /** Have a report made on a schedule, and people told by mail */
    post: {
      body: {
        kind: "permission_audit" | "role_usage" | "exceptions" | "separation" | "brands" | "drift" | "sign_in_risk"
        every: "day" | "week" | "month" | "quarter"
        unusedDays?: number
        /** Ids of active people */
        recipients: Array<string>
        /** `findings`: nobody is told where there is nothing to look at */
        sent?: "always" | "findings"
        /** Date and time with offset, in the future where it is an end */
        firstAt?: string
      }
      answer: Schemas['ReportSchedule']
    }
  }
  '/report-schedules/{id}': {
    /** Switch a schedule off and on */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        status: "on" | "off"
      }
      answer: undefined
    }
    /** Delete a schedule with what its runs found */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/report-runs': {
    /** List what reports on a schedule have found: the newest first, at most 200 */
    get: {
      query?: {
        limit?: number
      }
      answer: {
        items: Array<Schemas['ReportRun']>
      }
    }
  }
  '/roster-comparisons': {
    /** Compare with a list from elsewhere: who is missing here, and who is here and not on it */
    post: {
      body: {
        /** E-mail addresses or user names */
        people: Array<string>
      }
      answer: {
        listed: number
        matched: number
        missing: Array<string>
        notActive: Array<{
          id: string
          userName: string
          displayName: string | null
          status: "invited" | "active" | "inactive" | "erased"
        }>
        tooMuch: Array<{
          id: string
          userName: string
          displayName: string | null
          status: "invited" | "active" | "inactive" | "erased"
        }>
      }
    }
  }
  '/address-places': {
    /** List the address ranges that have a name */
    get: {
      answer: {
        items: Array<{
          range: string
          place: string
        }>
      }
    }
    /** Name address ranges: offices, countries; all of them at once */
    put: {
      body: {
        places: Array<{
          range: string
          place: string
        }>
      }
      answer: {
        items: Array<{
          range: string
          place: string
        }>
      }
    }
  }
  '/checklist-templates': {
    /** List what is to be done when somebody joins or leaves */
    get: {
      answer: {
        items: Array<Schemas['ChecklistTemplate']>
      }
    }
    /** Have a list begun for whoever joins or leaves from now on, in the organization or in one brand */
    post: {
      body: {
        name: string
        kind: "joining" | "leaving"
        brandId?: string | null
        tasks: Array<{
          title: string
          note?: string | null
          /** A person; null: whoever administers the organization */
          ownerId?: string | null
          /** Days after somebody joined or left */
          dueDays?: number
        }>
      }
      answer: Schemas['ChecklistTemplate']
    }
  }
  '/checklist-templates/{id}': {
    /** Read a template */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['ChecklistTemplate']
    }
    /** Switch a template off and on; on again, it counts from then on */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        status: "on" | "off"
      }
      answer: undefined
    }
    /** Delete a template with its lists */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/checklists': {
    /** List the lists, the newest first */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        userId?: string
        status?: "open" | "done" | "cancelled"
      }
      answer: {
        items: Array<Schemas['Checklist']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Begin a list for somebody by hand */
    post: {
      body: {
        userId: string
        templateId: string
      }
      answer: Schemas['Checklist']
    }
  }
  '/checklists/{id}': {
    /** Read a list with its tasks */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Checklist']
    }
  }
  '/checklists/{id}/cancel': {
    /** Cancel a list */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/checklists/{id}/tasks/{position}': {
    /** Note that a task is done or not needed, or undo that */
    put: {
      params: {
        /** The id */
        id: string
        position?: number
      }
      body: {
        outcome: "done" | "not_needed" | "open"
        comment?: string | null
      }
      answer: Schemas['Checklist']
    }
  }
  '/inactivity-rule': {
    /** Read what becomes of people who are not here for long */
    get: {
      answer: Schemas['InactivityRule']
    }
    /** Switch the rule on with these figures; whoever is concerned is warned first */
    put: {
      body: {
        /** Those alone whom no directory manages, or people of directories as well */
        concerns?: "local" | "everybody"
        /** Days without activity after which somebody is warned */
        warnDays: number
        /** Days without activity after which they are deactivated, and never sooner after the warning than the two differ by */
        deactivateDays: number
        /** Days after that until they are erased, or `eraseAfterDays` of the settings if that is more; null: never */
        eraseDays?: number | null
      }
      answer: Schemas['InactivityRule']
    }
    /** Switch the rule off; its figures stay */
    delete: {
      answer: Schemas['InactivityRule']
    }
  }
  '/inactivity-rule/outlook': {
    /** Whom the rule warns, deactivates and erases, today and within 30 days */
    get: {
      answer: Schemas['InactivityOutlook']
    }
  }
  '/inactivity-rule/preview': {
    /** Whom a rule with these figures would warn, deactivate and erase; nothing is changed */
    post: {
      body: {
        /** Those alone whom no directory manages, or people of directories as well */
        concerns?: "local" | "everybody"
        /** Days without activity after which somebody is warned */
        warnDays: number
        /** Days without activity after which they are deactivated, and never sooner after the warning than the two differ by */
        deactivateDays: number
        /** Days after that until they are erased, or `eraseAfterDays` of the settings if that is more; null: never */
        eraseDays?: number | null
      }
      answer: Schemas['InactivityOutlook']
    }
  }
  '/inactivity-exceptions': {
    /** List the people whom the rule leaves alone, those whose exception has ended among them */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['InactivityException']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/users/{id}/inactivity': {
    /** Whether the rule leaves somebody alone, and whether it has warned them */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['InactivityStanding']
    }
  }
  '/users/{id}/inactivity-exception': {
    /** Have the rule leave somebody alone, until a date if there is one */
    put: {
      params: {
        /** The id */
        id: string
      }
      body: {
        reason: string
        /** Date and time with offset, in the future where it is an end */
        until?: string | null
      }
      answer: Schemas['InactivityStanding']
    }
    /** End an exception */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/inactivity-runs': {
    /** List the runs that did something, the newest first */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['InactivityRun']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/inactivity-runs/{id}/undo': {
    /** Switch on again whom a run has deactivated and nobody has since */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['UserChangeProgress']
    }
  }
  '/absences': {
    /** List absences, the newest first */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        userId?: string
        /** `open`: planned and under way */
        status?: "open" | "over"
      }
      answer: {
        items: Array<Schemas['Absence']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Plan an absence; from now on, it begins at once and closes everything they hold open */
    post: {
      body: {
        userId: string
        /** Left out or past: from now on */
        from?: string | null
        /** Date and time with offset, in the future where it is an end */
        until: string
        reason: string
        /** `propose`: an alarm proposes their reactivation; `return`: it happens by itself */
        atReturn?: "propose" | "return" | null
      }
      answer: Schemas['Absence']
    }
  }
  '/absences/{id}': {
    /** Read an absence */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Absence']
    }
    /** Change an absence, also while it is under way */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        /** Left out or past: from now on */
        from?: string | null
        /** Date and time with offset, in the future where it is an end */
        until?: string
        reason?: string
        /** `propose`: an alarm proposes their reactivation; `return`: it happens by itself */
        atReturn?: "propose" | "return" | null
      }
      answer: Schemas['Absence']
    }
  }
  '/absences/{id}/cancel': {
    /** Cancel an absence; whoever is absent is back at once */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Absence']
    }
  }
  '/absence-rule': {
    /** Read what happens at the end of absences that do not say so themselves */
    get: {
      answer: Schemas['AbsenceRule']
    }
    /** Set what happens at the end of absences that do not say so themselves, those under way included */
    put: {
      body: {
        /** `propose`: an alarm proposes their reactivation; `return`: it happens by itself */
        atReturn: "propose" | "return"
      }
      answer: Schemas['AbsenceRule']
    }
  }
  '/users/{id}/personal-data': {
    /** Export everything that is kept of a user, without secrets; noted in the audit trail */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['PersonalData']
    }
  }
  '/personal-data-register': {
    /** What is kept of people, why, and for how long */
    get: {
      answer: {
        items: Array<{
          name: string
          what: string
          /** For how long */
          kept: string
        }>
      }
    }
  }
  '/users/{id}/erasure-certificate': {
    /** That somebody was erased: when, by whom, and how much of what */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: {
        userId: string
        erasedAt: string
        erasedBy: {
          type: string
          id: string
        }
        auditEventId: string
        /** Rows by table */
        removed: Record<string, number>
      }
    }
  }
  '/users/{id}/access-difference': {
    /** What a user has gained and lost between two moments */
    get: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        /** The beginning of the history without it */
        from?: string
        /** Now without it */
        to?: string
      }
      answer: Schemas['PersonDifference']
    }
  }
  '/brands/{id}/access-difference': {
    /** Who has gained and lost which role in a brand between two moments */
    get: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        /** The beginning of the history without it */
        from?: string
        /** Now without it */
        to?: string
      }
      answer: Schemas['BrandDifference']
    }
  }
  '/access-history': {
    /** Since when it can be asked how access was */
    get: {
      answer: {
        beginsAt: string
      }
    }
  }
  '/address-proposals': {
    /** List the addresses that directories want people to have and that wait for a word */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['AddressProposal']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/users/{id}/address-proposal/decide': {
    /** Accept the address that a directory wants somebody to have, or refuse it */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        decision: "accept" | "refuse"
      }
      answer: Schemas['AddressProposal']
    }
  }
  '/directories/{id}/clients': {
    /** List the clients that get access tokens for a directory, revoked ones too */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: {
        items: Array<Schemas['DirectoryClient']>
      }
    }
    /** Let a client have access tokens for a directory, by OAuth 2.0 client credentials or as a tenant of Entra ID */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: ({
        name: string
        /** Date and time with offset, in the future where it is an end */
        expiresAt?: string | null
        kind: "secret"
      } | {
        name: string
        /** Date and time with offset, in the future where it is an end */
        expiresAt?: string | null
        kind: "private_key_jwt"
        /** Public keys (RFC 7517) */
        keys: Array<Record<string, unknown>>
      } | {
        name: string
        /** Date and time with offset, in the future where it is an end */
        expiresAt?: string | null
        kind: "entra"
        tenantId: string
        /** That of applications outside of the gallery, if not said */
        audience?: string
        /** Takes tokens of this application alone */
        applicationId?: string
      })
      answer: Schemas['NewDirectoryClient']
    }
  }
  '/directories/{id}/clients/{clientId}/rotate': {
    /** Replace the secret or the public keys of a client; the old ones and their access tokens are refused at once */
    post: {
      params: {
        /** The id */
        id: string
        /** The id of the client */
        clientId: string
      }
      body: {
        /** Of a client of the kind private_key_jwt */
        keys?: Array<Record<string, unknown>>
      }
      answer: Schemas['NewDirectoryClient']
    }
  }
  '/directories/{id}/clients/{clientId}': {
    /** Revoke a client; its access tokens are refused from the next request on */
    delete: {
      params: {
        /** The id */
        id: string
        /** The id of the client */
        clientId: string
      }
      answer: undefined
    }
  }
  '/directories/{id}/tokens': {
    /** List the tokens of a directory, without what could be used */
    get: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['DirectoryToken']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Issue one more token; the others keep working */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        /** Date and time with offset, in the future where it is an end */
        expiresAt?: string | null
      }
      answer: Schemas['NewDirectoryToken']
    }
  }
  '/directories/{id}/tokens/{tokenId}': {
    /** Revoke a token; it is refused from the next request on */
    delete: {
      params: {
        /** The id */
        id: string
        /** The id of the token */
        tokenId: string
      }
      answer: undefined
    }
  }
  '/directories/{id}/extension-attributes': {
    /** List what the directory sends beside the standard schemas, as its discovery declares it */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: {
        items: Array<Schemas['ExtensionAttribute']>
      }
    }
    /** Register an attribute of an extension, or say of which type one is that was sent */
    put: {
      params: {
        /** The id */
        id: string
      }
      body: {
        resource: "User" | "Group"
        /** Of the extension */
        urn: string
        /** A path for a sub-attribute */
        name: string
        type: "string" | "boolean" | "integer" | "decimal" | "dateTime" | "reference" | "binary" | "complex"
        multiValued?: boolean
      }
      answer: undefined
    }
  }
  '/provisioning-events': {
    /** List the requests of identity providers to directories, newest first */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        directoryId?: string
        /** `failed`: answered with 400 or more; `changed`: what changed something */
        status?: "failed" | "changed"
        targetId?: string
        /** Text anywhere in path, bodies or ids */
        q?: string
      }
      answer: {
        items: Array<Schemas['ProvisioningEvent']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/provisioning-events/{id}': {
    /** Read a request with its bodies, what was tolerated, and advice */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['ProvisioningEventWithBodies']
    }
  }
  '/connections': {
    /** List the identity providers for sign-in */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['Connection']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Connect an identity provider, as a draft: it serves test sign-ins until it is opened */
    post: {
      body: Schemas['NewConnection']
      answer: Schemas['Connection']
    }
  }
  '/connections/{id}': {
    /** Read a connection */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Connection']
    }
    /** Change policies, attribute names, certificates or the client secret of a connection */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: Schemas['ConnectionChange']
      answer: Schemas['Connection']
    }
  }
  '/connections/{id}/status': {
    /** Open, enforce or disable a connection; disabling ends the sessions that began through it */
    put: {
      params: {
        /** The id */
        id: string
      }
      body: {
        status: "draft" | "optional" | "enforced" | "disabled"
        /** Open it without a successful test sign-in; takes all rights, and is audited */
        force?: boolean
      }
      answer: Schemas['Connection']
    }
  }
  '/connections/{id}/test-links': {
    /** A link for test sign-ins: it shows what would happen, and signs nobody in */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['TestLink']
    }
  }
  '/connections/{id}/refresh': {
    /** Fetch the metadata now; new certificates wait for an administrator */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['MetadataRefresh']
    }
  }
  '/setup-links': {
    /** List the setup links, the newest first */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['SetupLink']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Make a link by which somebody without an account connects one identity provider */
    post: {
      body: {
        label: string
        days?: number
        arrivals?: "active" | "staged"
        domains?: Array<string>
      }
      answer: Schemas['NewSetupLink']
    }
  }
  '/setup-links/{id}': {
    /** Read a setup link */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['SetupLink']
    }
    /** Revoke a setup link; what it has made stays */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/domains': {
    /** List the e-mail domains that the organization claims */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['Domain']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Claim an e-mail domain; it counts once DNS proves it */
    post: {
      body: {
        name: string
      }
      answer: Schemas['Domain']
    }
  }
  '/domains/{id}': {
    /** Read a domain */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Domain']
    }
    /** Give a domain up: nobody is routed or linked by it from then on */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/domains/{id}/verify': {
    /** Look for the TXT record now */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Domain']
    }
  }
  '/domains/{id}/connections': {
    /** Say which connections may link and create people by addresses in the domain; none stands for all */
    put: {
      params: {
        /** The id */
        id: string
      }
      body: {
        connectionIds: Array<string>
      }
      answer: Schemas['Domain']
    }
  }
  '/sign-in-policy': {
    /** Read how people sign in */
    get: {
      answer: Schemas['SignInPolicy']
    }
    /** Change how people sign in, from now on */
    patch: {
      body: Schemas['UpdateSignInPolicy']
      answer: Schemas['SignInPolicy']
    }
  }
  '/settings': {
    /** Read the settings of the organization */
    get: {
      answer: Schemas['OrganizationSettings']
    }
    /** Change the settings of the organization */
    patch: {
      body: {
        name?: string
        /** How long requests of identity providers are kept */
        provisioningLogDays?: number
        /** How long traces of sign-ins are kept */
        signInTraceDays?: number
        /** How long mails are kept after they were sent */
        mailDays?: number
        /** Whose assignments have all ended this long ago is deactivated; null: nobody is */
        endDateGraceDays?: number | null
        /** How long somebody has to be inactive before they can be erased */
        eraseAfterDays?: number
        /** Whether deleted people are erased by themselves after `eraseAfterDays` */
        eraseDeleted?: boolean
        /** Days for which a name or address that was somebody else’s is given to nobody; 0: it is free immediately */
        reservedDays?: number
        /** Who may change addresses: `verified`: administrators, people by a link, and directories; `directory_only`: directories alone; `never`: nobody, and what a directory says waits for an administrator’s word */
        emailChange?: "verified" | "directory_only" | "never"
        /** Who may switch somebody on again: the side that switched them off, directory or administrators, or either */
        reactivation?: "by_holder" | "by_anyone"
        /** Whom to ask for access, as refusals show it */
        accessContact?: string | null
        /** Domains that invitations warn of; null: the usual ones */
        personalMailDomains?: Array<string> | null
        /** Guests hold what they are given directly for this many days at most; null: also without end */
        guestMaxDays?: number | null
        /** Domains that guests may be invited at; null: any */
        guestDomains?: Array<string> | null
      }
      answer: Schemas['OrganizationSettings']
    }
  }
  '/branding': {
    /** Read how the organization looks to its people */
    get: {
      answer: Schemas['Branding']
    }
    /** Change how the organization looks to its people */
    patch: {
      body: {
        /** Null: the name of the organization */
        displayName?: string | null
        /** Such as `#0d6661` */
        accentLight?: string | null
        /** Such as `#0d6661` */
        accentDark?: string | null
        /** Such as `#0d6661` */
        backgroundLight?: string | null
        /** Such as `#0d6661` */
        backgroundDark?: string | null
        /** An e-mail address, a telephone number or the address of a page */
        supportContact?: string | null
        /** Begins with `https://` */
        privacyUrl?: string | null
        /** Begins with `https://` */
        termsUrl?: string | null
        /** Begins with `https://` */
        helpUrl?: string | null
        /** Of mails that the mail server of the installation sends */
        mailSenderName?: string | null
        /** Of people who have chosen none */
        language?: "en" | "de" | "fr" | "es" | "pt-BR" | "it" | "nl" | "pl" | "ja" | "ar" | null
      }
      answer: Schemas['Branding']
    }
  }
  '/branding/logo': {
    /** Put the logo */
    put: {
      body: {
        /** A PNG, JPEG or WebP of at most 256 KB, base64 */
        content: string
      }
      answer: Schemas['Branding']
    }
    /** Remove the logo */
    delete: {
      answer: Schemas['Branding']
    }
  }
  '/support-consent': {
    /** Read whether operators may come into the console */
    get: {
      answer: Schemas['SupportConsent']
    }
    /** Say whether operators may come into the console */
    put: {
      body: {
        /** `on_request`: administrators decide each time; `open`: without asking, until a time */
        mode: "never" | "on_request" | "open"
        /** Where it is open */
        mayWrite?: boolean
        /** Where it is open: for how long from now on */
        hours?: number
      }
      answer: Schemas['SupportConsent']
    }
  }
  '/support-accesses': {
    /** List the operators who asked to come in, the newest hundred */
    get: {
      answer: {
        items: Array<Schemas['SupportAccess']>
      }
    }
  }
  '/support-accesses/{id}/decide': {
    /** Grant or refuse what an operator asks for */
    post: {
      params: {
        id: string
      }
      body: {
        decision: "grant" | "refuse"
        /** They read unless it is true */
        mayWrite?: boolean
      }
      answer: Schemas['SupportAccess']
    }
  }
  '/support-accesses/{id}/end': {
    /** End an access at once */
    post: {
      params: {
        id: string
      }
      answer: undefined
    }
  }
  '/access-digest': {
    /** Read how often people are told what has changed of their access through groups, mappings, teams, roles and filters */
    get: {
      answer: Schemas['AccessDigest']
    }
    /** Set how often; switched on, it tells what happens from then on */
    put: {
      body: {
        /** At most that often. What is given or taken by hand is always told immediately */
        pace: "off" | "hourly" | "daily"
      }
      answer: Schemas['AccessDigest']
    }
  }
  '/access-digest/preview': {
    /** What people would be told if it were time now; nothing is sent */
    get: {
      answer: Schemas['AccessDigestPreview']
    }
  }
  '/sign-in-attempts': {
    /** List attempts to sign in, newest first */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        userId?: string
        connectionId?: string
        reference?: string
      }
      answer: {
        items: Array<Schemas['SignInAttempt']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/sign-in-attempts/{id}': {
    /** Read an attempt with its trace */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['SignInAttempt']
    }
  }
  '/link-requests': {
    /** List the links that wait or waited for an administrator’s word, the newest first */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        status?: "pending" | "approved" | "refused"
      }
      answer: {
        items: Array<Schemas['LinkRequest']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/link-requests/{id}/approve': {
    /** Link the identity to the person: they sign in by it from now on */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['LinkRequest']
    }
  }
  '/link-requests/{id}/refuse': {
    /** Refuse the link permanently: the identity can no longer ask */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['LinkRequest']
    }
  }
  '/sign-in-explanation': {
    /** Say why somebody cannot sign in, and what to do about it */
    get: {
      query: {
        /** An e-mail address or a user name */
        name: string
      }
      answer: Schemas['SignInExplanation']
    }
  }
  '/applications': {
    /** List the host applications */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['Application']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Register a host application, which signs people in by OpenID Connect */
    post: {
      body: {
        /** `confidential` keeps a secret on a server; `public` (single-page, mobile, command line) has none; `machine` signs nobody in */
        kind?: "confidential" | "public" | "machine"
        name: string
        /** Where codes may be sent: https, or http on loopback; for public applications also com.example.app:/callback. Compared character by character, but for the port of a public application on loopback */
        redirectUris?: Array<string>
        postLogoutRedirectUris?: Array<string>
        /** Where the end of a session is told */
        backchannelLogoutUri?: string | null
        /** Whose pages may call the endpoints for tokens; of public applications alone */
        browserOrigins?: Array<string>
        rights?: {
          /** `decisions`: asks what people may do, and nothing else; `permissions`: what the list of them lets people do */
          access?: "everything" | "decisions" | "permissions"
          permissions?: Array<string> | null
          /** Null: in the whole organization */
          brandIds?: Array<string> | null
          addressRanges?: Array<string> | null
        }
        /** False for an application that knows no PKCE (RFC 7636) */
        isPkceRequired?: boolean
        /** By which keys its ID tokens and logout tokens are signed */
        idTokenAlgorithm?: "RS256" | "ES256"
        /** How its tokens list brands: as objects with their roles, or by their slugs alone */
        brandsClaim?: "objects" | "slugs"
        /** True for one that may sign people in on devices without a browser (RFC 8628) */
        isDeviceFlowAllowed?: boolean
        /** True for one whose tokens are bound to a key that it proves to have (DPoP, RFC 9449) */
        isDpopRequired?: boolean
        /** Public keys by which it proves who it is, in place of its secret (RFC 7523) */
        jwks?: {
          keys: Array<Record<string, unknown>>
        } | null
        /** Where such keys are published, at a public https address */
        jwksUri?: string | null
        /** What it may ask access tokens for (RFC 8707), and what these look like */
        resources?: Array<{
          uri: string
          format: "opaque" | "jwt"
          /** 60 to 600; 300 unless said otherwise */
          lifetimeSeconds?: number
        }>
        /** URIs of what it serves itself: it may introspect tokens for these (RFC 7662) */
        servedResources?: Array<string>
        /** Whether its tokens say organization, roles and brands unasked, or each by its scope */
        accessClaims?: "always" | "by_scope"
        /** Which attribute of a person, as SCIM names it, goes into which claim, with the scope profile */
        claimMappings?: Array<{
          claim: string
          attribute: string
        }>
      }
      answer: Schemas['NewApplication']
    }
  }
  '/applications/{id}': {
    /** Read an application */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Application']
    }
    /** Change an application, or switch it off and on; switched off, its tokens are deleted permanently */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        name?: string
        /** Where codes may be sent: https, or http on loopback; for public applications also com.example.app:/callback. Compared character by character, but for the port of a public application on loopback */
        redirectUris?: Array<string>
        postLogoutRedirectUris?: Array<string>
        /** Where the end of a session is told */
        backchannelLogoutUri?: string | null
        /** Whose pages may call the endpoints for tokens; of public applications alone */
        browserOrigins?: Array<string>
        /** False for an application that knows no PKCE (RFC 7636) */
        isPkceRequired?: boolean
        /** By which keys its ID tokens and logout tokens are signed */
        idTokenAlgorithm?: "RS256" | "ES256"
        /** How its tokens list brands: as objects with their roles, or by their slugs alone */
        brandsClaim?: "objects" | "slugs"
        /** True for one that may sign people in on devices without a browser (RFC 8628) */
        isDeviceFlowAllowed?: boolean
        /** True for one whose tokens are bound to a key that it proves to have (DPoP, RFC 9449) */
        isDpopRequired?: boolean
        /** Public keys by which it proves who it is, in place of its secret (RFC 7523) */
        jwks?: {
          keys: Array<Record<string, unknown>>
        } | null
        /** Where such keys are published, at a public https address */
        jwksUri?: string | null
        /** What it may ask access tokens for (RFC 8707), and what these look like */
        resources?: Array<{
          uri: string
          format: "opaque" | "jwt"
          /** 60 to 600; 300 unless said otherwise */
          lifetimeSeconds?: number
        }>
        /** URIs of what it serves itself: it may introspect tokens for these (RFC 7662) */
        servedResources?: Array<string>
        /** Whether its tokens say organization, roles and brands unasked, or each by its scope */
        accessClaims?: "always" | "by_scope"
        /** Which attribute of a person, as SCIM names it, goes into which claim, with the scope profile */
        claimMappings?: Array<{
          claim: string
          attribute: string
        }>
        rights?: {
          /** `decisions`: asks what people may do, and nothing else; `permissions`: what the list of them lets people do */
          access?: "everything" | "decisions" | "permissions"
          permissions?: Array<string> | null
          /** Null: in the whole organization */
          brandIds?: Array<string> | null
          addressRanges?: Array<string> | null
        }
        status?: "active" | "disabled"
      }
      answer: Schemas['Application']
    }
    /** Delete an application with all of its tokens */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/applications/{id}/secret': {
    /** Replace the client secret; the old one is refused at once */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['ApplicationSecret']
    }
  }
  '/applications/{id}/claims': {
    /** What the tokens of an application would say of a person now */
    get: {
      params: {
        /** The id */
        id: string
      }
      query: {
        /** An id or a user name */
        user: string
        /** As the application asks; openid profile email without it */
        scope?: string
      }
      answer: Schemas['ApplicationClaims']
    }
  }
  '/platform/applications/{id}/terms': {
    /** Read whom an application of the platform serves; platform keys alone */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['ApplicationTerms']
    }
    /** Change whom an application of the platform serves; platform keys alone */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        /** Which organizations it serves */
        reach?: "all" | "only" | "except"
        organizationIds?: Array<string>
        /** Whether organizations may switch it off for themselves */
        isOptional?: boolean
      }
      answer: Schemas['ApplicationTerms']
    }
  }
  '/platform-applications': {
    /** List the applications of the platform that serve the organization */
    get: {
      answer: {
        items: Array<Schemas['PlatformApplication']>
      }
    }
  }
  '/platform-applications/{id}': {
    /** Switch an application of the platform off or on, for the organization alone */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        isOn: boolean
      }
      answer: Schemas['PlatformApplication']
    }
  }
  '/invitations/preview': {
    /** What an invitation would lead to; nothing is sent */
    post: {
      body: Schemas['CreateInvitation']
      answer: Schemas['InvitationPreview']
    }
  }
  '/invitations/bulk': {
    /** Invite up to 1,000 people, with an outcome for each; doing it again invites nobody twice */
    post: {
      body: Schemas['InviteMany']
      answer: Schemas['InviteManyResult']
    }
  }
  '/invitations': {
    /** List the invitations, those that are over too */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        status?: "pending" | "expired" | "accepted" | "cancelled" | "withdrawn"
        /** Words of the address or the name */
        q?: string
        brandId?: string
        order?: "oldest" | "newest"
      }
      answer: {
        items: Array<Schemas['Invitation']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Invite a person; one who is invited already, to the same roles, gets a new link */
    post: {
      body: Schemas['CreateInvitation']
      answer: Schemas['Invitation']
    }
  }
  '/invitations/{id}': {
    /** Read an invitation */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Invitation']
    }
    /** Take an invitation back; its link and its roles are void */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/invitations/{id}/resend': {
    /** Send a new link; the old one is void */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Invitation']
    }
  }
  '/mails': {
    /** List the mails, newest first */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        targetId?: string
      }
      answer: {
        items: Array<Schemas['Mail']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/mails/{id}': {
    /** Read a mail */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['MailWithBody']
    }
  }
  '/mail-server': {
    /** Read the organization’s own mail server */
    get: {
      answer: Schemas['MailServer']
    }
    /** Set the organization’s own mail server */
    put: {
      body: {
        /** `off`: the settings stay, and the mail server of the installation sends */
        status: "on" | "off"
        /** A public host, such as `mail.example.com` */
        host: string
        port: number
        /** `tls` from the first byte, `starttls` and nothing before it; `none` for development on loopback alone */
        security: "tls" | "starttls" | "none"
        /** Null: the server asks for none */
        username: string | null
        senderAddress: string
        senderName: string
        /** Left out: the one that is kept, as long as host, port and user name stay */
        password?: string
      }
      answer: Schemas['MailServer']
    }
    /** Remove the organization’s own mail server; that of the installation sends from then on */
    delete: {
      answer: undefined
    }
  }
  '/mail-server/try': {
    /** Send a mail by such a server at once, and save nothing */
    post: {
      body: {
        /** A public host, such as `mail.example.com` */
        host: string
        port: number
        /** `tls` from the first byte, `starttls` and nothing before it; `none` for development on loopback alone */
        security: "tls" | "starttls" | "none"
        /** Null: the server asks for none */
        username: string | null
        senderAddress: string
        senderName: string
        /** Left out: the one that is kept, as long as host, port and user name stay */
        password?: string
        to: string
      }
      answer: Schemas['MailTrial']
    }
  }
  '/api-keys': {
    /** List the API keys, without what could be used */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['ApiKey']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Issue an API key for this organization */
    post: {
      body: {
        name: string
        /** A year from now, unless said otherwise; null: never */
        expiresAt?: string | null
        /** `decisions`: asks what people may do, and nothing else; `permissions`: what the list of them lets people do */
        access?: "everything" | "decisions" | "permissions"
        permissions?: Array<string> | null
        /** Null: in the whole organization */
        brandIds?: Array<string> | null
        addressRanges?: Array<string> | null
      }
      answer: Schemas['NewApiKey']
    }
  }
  '/api-keys/{id}': {
    /** Revoke an API key; it is refused from the next request on */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/audit-events': {
    /** Write what happened in an application into the audit trail; all of the events or none */
    post: {
      body: {
        events: Array<{
          /** Words with dots between them; kept with `app.` before it */
          action: string
          target: {
            /** One word; kept with `app.` before it */
            type: string
            id: string
            name?: string | null
          }
          /** Who did it; without it, the key */
          userId?: string | null
          brandId?: string | null
          /** When it happened, where that was not now */
          occurredAt?: string | null
          detail?: Record<string, unknown>
        }>
      }
      answer: {
        ids: Array<string>
      }
    }
    /** List who changed what, newest first */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        /** One action, or with a dot at its end all that begin with it */
        action?: string
        targetId?: string
        actorId?: string
        /** What concerns this brand */
        brandId?: string
        /** What happened then or later */
        since?: string
        /** What happened before */
        until?: string
        /** An id, or words of the names of people */
        q?: string
      }
      answer: {
        items: Array<Schemas['AuditEvent']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/audit-events/export': {
    /** Download who changed what, newest first */
    get: {
      query?: {
        format?: "csv" | "ndjson"
        /** One action, or with a dot at its end all that begin with it */
        action?: string
        targetId?: string
        actorId?: string
        /** What concerns this brand */
        brandId?: string
        /** What happened then or later */
        since?: string
        /** What happened before */
        until?: string
        /** An id, or words of the names of people */
        q?: string
      }
      answer: string
    }
  }
  '/audit-head': {
    /** Show the head of the sealed audit trail: kept elsewhere, it proves that nothing before it was rewritten */
    get: {
      answer: Schemas['AuditHead']
    }
  }
  '/events': {
    /** Read what has changed, oldest first, each event once and in its order */
    get: {
      query?: {
        /** The id of an event, or `next` of an answer: what comes after it. `latest`: what comes from now on. Without it, what there is of the last 30 days; a stream without it begins now */
        after?: string
        /** Only these, with commas */
        types?: string
        limit?: number
        /** How many seconds to wait where there is nothing yet */
        wait?: number
      }
      answer: Schemas['EventPage']
    }
  }
  '/webhooks': {
    /** List the webhooks */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
      }
      answer: {
        items: Array<Schemas['Webhook']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
    /** Have an address told of events from now on; with a platform key, of those of every organization */
    post: {
      body: {
        /** https, a public address */
        url: string
        description?: string
        types?: Array<"access.changed" | "alarm.raised" | "alarm.settled" | "api_key.issued" | "api_key.revoked" | "application.created" | "application.deleted" | "application.secret_rotated" | "application.updated" | "assignment.created" | "assignment.deleted" | "assignment.updated" | "brand.created" | "brand.deleted" | "brand.updated" | "connection.created" | "connection.status_changed" | "connection.updated" | "credential.changed" | "directory.created" | "directory.deleted" | "directory.moved" | "directory.secret_issued" | "directory.secret_revoked" | "directory.updated" | "domain.added" | "domain.removed" | "domain.updated" | "domain.verified" | "emergency.used" | "group.created" | "group.deleted" | "group.members_added" | "group.members_removed" | "group.updated" | "identity.linked" | "identity.unlinked" | "invitation.cancelled" | "invitation.created" | "invitation.resent" | "mapping.created" | "mapping.deleted" | "operator.added" | "operator.removed" | "organization.created" | "organization.deletion_scheduled" | "organization.erased" | "organization.restored" | "organization.resumed" | "organization.suspended" | "organization.updated" | "platform_key.issued" | "platform_key.revoked" | "policy.created" | "policy.deleted" | "role.created" | "role.deleted" | "role.pack_installed" | "role.updated" | "separation_rule.created" | "separation_rule.deleted" | "separation_rule.updated" | "session.ended" | "session.started" | "team.created" | "team.deleted" | "team.members_added" | "team.members_removed" | "team.updated" | "user.activated" | "user.adopted" | "user.created" | "user.deactivated" | "user.deleted" | "user.erased" | "user.groups_claimed" | "user.held" | "user.reactivated" | "user.restored" | "user.updated" | "webhook.created" | "webhook.deleted" | "webhook.paused" | "webhook.resumed" | "webhook.secret_rotated" | "webhook.updated"> | null
        reach?: "all" | "only" | "except"
        organizationIds?: Array<string>
      }
      answer: Schemas['WebhookWithSecret']
    }
  }
  '/webhooks/{id}': {
    /** Read a webhook */
    get: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Webhook']
    }
    /** Change a webhook; what is left out stays */
    patch: {
      params: {
        /** The id */
        id: string
      }
      body: {
        /** https, a public address */
        url?: string
        description?: string
        types?: Array<"access.changed" | "alarm.raised" | "alarm.settled" | "api_key.issued" | "api_key.revoked" | "application.created" | "application.deleted" | "application.secret_rotated" | "application.updated" | "assignment.created" | "assignment.deleted" | "assignment.updated" | "brand.created" | "brand.deleted" | "brand.updated" | "connection.created" | "connection.status_changed" | "connection.updated" | "credential.changed" | "directory.created" | "directory.deleted" | "directory.moved" | "directory.secret_issued" | "directory.secret_revoked" | "directory.updated" | "domain.added" | "domain.removed" | "domain.updated" | "domain.verified" | "emergency.used" | "group.created" | "group.deleted" | "group.members_added" | "group.members_removed" | "group.updated" | "identity.linked" | "identity.unlinked" | "invitation.cancelled" | "invitation.created" | "invitation.resent" | "mapping.created" | "mapping.deleted" | "operator.added" | "operator.removed" | "organization.created" | "organization.deletion_scheduled" | "organization.erased" | "organization.restored" | "organization.resumed" | "organization.suspended" | "organization.updated" | "platform_key.issued" | "platform_key.revoked" | "policy.created" | "policy.deleted" | "role.created" | "role.deleted" | "role.pack_installed" | "role.updated" | "separation_rule.created" | "separation_rule.deleted" | "separation_rule.updated" | "session.ended" | "session.started" | "team.created" | "team.deleted" | "team.members_added" | "team.members_removed" | "team.updated" | "user.activated" | "user.adopted" | "user.created" | "user.deactivated" | "user.deleted" | "user.erased" | "user.groups_claimed" | "user.held" | "user.reactivated" | "user.restored" | "user.updated" | "webhook.created" | "webhook.deleted" | "webhook.paused" | "webhook.resumed" | "webhook.secret_rotated" | "webhook.updated"> | null
        reach?: "all" | "only" | "except"
        organizationIds?: Array<string>
      }
      answer: Schemas['Webhook']
    }
    /** Delete a webhook, with what is known of its messages */
    delete: {
      params: {
        /** The id */
        id: string
      }
      answer: undefined
    }
  }
  '/webhooks/{id}/secret': {
    /** Give it another secret and key; the former ones sign beside them for some hours */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        overlapHours?: number
      }
      answer: Schemas['WebhookWithSecret']
    }
  }
  '/webhooks/{id}/test': {
    /** Send a `webhook.test` now, and show what it answers */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['WebhookAttemptWithBodies']
    }
  }
  '/webhooks/{id}/pause': {
    /** Send nothing for now; what happens is kept for 30 days */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Webhook']
    }
  }
  '/webhooks/{id}/resume': {
    /** Send again: what was missed first, or only what comes from now on */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        from?: "where_it_was" | "now"
      }
      answer: Schemas['Webhook']
    }
  }
  '/webhooks/{id}/skip': {
    /** Leave out the event that it does not take, so that those after it come */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        eventId: string
      }
      answer: Schemas['Webhook']
    }
  }
  '/webhooks/{id}/replays': {
    /** Send an event once more, or all of a time, in their order and with the ids that they have */
    post: {
      params: {
        /** The id */
        id: string
      }
      body: {
        eventId?: string
        /** Date and time with offset, in the future where it is an end */
        from?: string
        /** Now, where it is left out */
        to?: string
      }
      answer: {
        id: string
      }
    }
  }
  '/webhooks/{id}/attempts': {
    /** List what was sent in the last 30 days, newest first */
    get: {
      params: {
        /** The id */
        id: string
      }
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        status?: "failed" | "delivered"
        eventId?: string
      }
      answer: {
        items: Array<Schemas['WebhookAttempt']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/webhooks/{id}/attempts/{attemptId}': {
    /** Read what was sent and answered */
    get: {
      params: {
        id: string
        attemptId: string
      }
      answer: Schemas['WebhookAttemptWithBodies']
    }
  }
  '/alarms': {
    /** List the alarms: the open ones first, of each the newest first */
    get: {
      query?: {
        /** How many items a page has at most */
        limit?: number
        /** `nextCursor` of the page before */
        cursor?: string
        /** Both where it is left out */
        status?: "open" | "settled"
      }
      answer: {
        items: Array<Schemas['Alarm']>
        /** Where the next page begins; null on the last page */
        nextCursor: string | null
      }
    }
  }
  '/alarms/{id}/settle': {
    /** Say that an alarm was seen to */
    post: {
      params: {
        /** The id */
        id: string
      }
      answer: Schemas['Alarm']
    }
  }
}

