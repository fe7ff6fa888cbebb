-- The server works as rolecall_server: no owner, no superuser, so that row-level security applies to it.
-- Roles belong to the whole cluster, so another database or another node may have made it already.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rolecall_server') THEN
    CREATE ROLE rolecall_server NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'The database user % may not create the role rolecall_server', current_user
      USING HINT = 'Grant it CREATEROLE, or create the role yourself: CREATE ROLE rolecall_server NOLOGIN; GRANT rolecall_server TO the user';
END
$$;
--> statement-breakpoint
DO $$
BEGIN
  -- Since PostgreSQL 16 the creator of a role administers it without being able to act as it.
  IF NOT pg_has_role(current_user, 'rolecall_server',
    CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
    EXECUTE format('GRANT rolecall_server TO %I', current_user);
  END IF;
END
$$;
