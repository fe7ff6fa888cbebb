-- How long a proof of who somebody is counts for what could let others in, and whether whoever manages something needs a second
-- factor.
ALTER TABLE "organizations" ADD COLUMN "fresh_proof_minutes" integer DEFAULT 10 NOT NULL;
--> statement-breakpoint
ALTER TABLE "organizations" ADD COLUMN "manager_second_factor" text DEFAULT 'optional' NOT NULL;
--> statement-breakpoint
-- The link of an invitation was shown to somebody who had to hand it on: whoever uses it has proven no address by that.
ALTER TABLE "invitations" ADD COLUMN "link_shown_at" timestamp(3) with time zone;
--> statement-breakpoint
-- Links by which a person takes back an identity that was linked to them; only the SHA-256 is kept.
CREATE TABLE "identity_undos" (
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"token_hash" text NOT NULL,
	"connection_id" text NOT NULL,
	"subject" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL,
	"used_at" timestamp(3) with time zone,
	CONSTRAINT "identity_undos_organization_id_token_hash_pk" PRIMARY KEY("organization_id","token_hash")
);
--> statement-breakpoint
ALTER TABLE "identity_undos" ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE "identity_undos" ADD CONSTRAINT "identity_undos_organization_id_user_id_users_organization_id_id_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."users"("organization_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE "identity_undos" ADD CONSTRAINT "identity_undos_organization_id_connection_id_connections_organization_id_id_fk" FOREIGN KEY ("organization_id","connection_id") REFERENCES "public"."connections"("organization_id","id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE UNIQUE INDEX "identity_undos_token" ON "identity_undos" USING btree ("token_hash");
--> statement-breakpoint
CREATE INDEX "identity_undos_user" ON "identity_undos" USING btree ("organization_id","user_id");
--> statement-breakpoint
CREATE POLICY "own_organization" ON "identity_undos" AS PERMISSIVE FOR ALL TO "rolecall_server" USING (organization_id = (select current_setting('rolecall.organization_id', true))) WITH CHECK (organization_id = (select current_setting('rolecall.organization_id', true)));
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON identity_undos TO rolecall_server;
--> statement-breakpoint
CREATE FUNCTION resolve_identity_undo(p_token_hash text) RETURNS TABLE (organization_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  AS $$ SELECT u.organization_id FROM identity_undos u WHERE u.token_hash = p_token_hash $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION resolve_identity_undo(text) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION resolve_identity_undo(text) TO rolecall_server;
--> statement-breakpoint
-- A session whose proof is old enters with `rolecall.proof` set to `stale` (src/http/session.ts). What follows refuses it
-- wherever a change decides who manages something or who may come in, whichever verb makes it. Everybody else passes by one
-- look at the setting.
CREATE FUNCTION refuse_stale_proof() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A fresh proof is needed' USING ERRCODE = 'RC428';
END $$;
--> statement-breakpoint
-- Assignments and mappings.
CREATE FUNCTION prove_role_given() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND is_managing_role(OLD.organization_id, OLD.role_id) THEN PERFORM refuse_stale_proof(); END IF;
  IF TG_OP <> 'DELETE' AND is_managing_role(NEW.organization_id, NEW.role_id) THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER prove_role_given AFTER INSERT OR UPDATE OR DELETE ON assignments FOR EACH ROW
  WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_role_given();
--> statement-breakpoint
CREATE TRIGGER prove_role_given AFTER INSERT OR UPDATE OR DELETE ON mappings FOR EACH ROW
  WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_role_given();
--> statement-breakpoint
-- What roles mean, and what policies take.
CREATE FUNCTION prove_permission() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND manages_something(OLD.permission) THEN PERFORM refuse_stale_proof(); END IF;
  IF TG_OP <> 'DELETE' AND manages_something(NEW.permission) THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER prove_permission AFTER INSERT OR UPDATE OR DELETE ON role_permissions FOR EACH ROW
  WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_permission();
--> statement-breakpoint
CREATE TRIGGER prove_permission AFTER INSERT OR UPDATE OR DELETE ON policies FOR EACH ROW
  WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_permission();
--> statement-breakpoint
CREATE FUNCTION prove_rank() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF is_managing_role(NEW.organization_id, NEW.id) THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER prove_rank AFTER UPDATE OF rank ON roles FOR EACH ROW
  WHEN (OLD.rank <> NEW.rank AND current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_rank();
--> statement-breakpoint
-- Groups that give a role that manages, by themselves or by what they belong to.
CREATE FUNCTION prove_membership() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp AS $$
DECLARE
  v_row record;
BEGIN
  IF TG_OP = 'DELETE' THEN v_row := OLD; ELSE v_row := NEW; END IF;
  IF EXISTS (SELECT FROM groups_above(v_row.organization_id, ARRAY[v_row.group_id]) a
      JOIN mappings m ON m.organization_id = v_row.organization_id AND m.group_id = a.group_id
      WHERE is_managing_role(m.organization_id, m.role_id))
  THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER prove_membership AFTER INSERT OR DELETE ON group_members FOR EACH ROW
  WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_membership();
--> statement-breakpoint
CREATE TRIGGER prove_membership AFTER INSERT OR DELETE ON group_nestings FOR EACH ROW
  WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_membership();
--> statement-breakpoint
-- Whether people may come in, and at which names and addresses.
CREATE FUNCTION prove_person() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM refuse_stale_proof();
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER prove_person AFTER UPDATE OF status, deleted_at, attributes, user_name ON users FOR EACH ROW
  WHEN (current_setting('rolecall.proof', true) = 'stale' AND (OLD.status <> NEW.status
    OR OLD.deleted_at IS DISTINCT FROM NEW.deleted_at OR OLD.user_name_key IS DISTINCT FROM NEW.user_name_key
    OR OLD.attributes -> 'emails' IS DISTINCT FROM NEW.attributes -> 'emails'))
  EXECUTE FUNCTION prove_person();
--> statement-breakpoint
CREATE TRIGGER prove_person AFTER INSERT ON user_changes FOR EACH ROW
  WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_person();
--> statement-breakpoint
-- Mappings by attributes give roles by what is written of a person.
CREATE FUNCTION prove_attributes() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM mappings m WHERE m.organization_id = NEW.organization_id AND m.filter_path IS NOT NULL
      AND is_managing_role(m.organization_id, m.role_id)
      AND (jsonb_path_match(user_document(NEW), m.filter_path::jsonpath, '{}', true) IS TRUE)
        IS DISTINCT FROM (TG_OP = 'UPDATE'
          AND jsonb_path_match(user_document(OLD), m.filter_path::jsonpath, '{}', true) IS TRUE))
  THEN PERFORM refuse_stale_proof(); END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER prove_attributes AFTER INSERT OR UPDATE ON users FOR EACH ROW
  WHEN (current_setting('rolecall.proof', true) = 'stale') EXECUTE FUNCTION prove_attributes();
--> statement-breakpoint
-- Emergency accounts have what was sealed, and no other way in.
UPDATE users u SET attributes = u.attributes - 'emails', directory_id = null, external_id = null, version = version + 1
  FROM emergency_accounts e WHERE e.organization_id = u.organization_id AND e.user_id = u.id
    AND (u.attributes ? 'emails' OR u.directory_id IS NOT NULL OR u.external_id IS NOT NULL);
--> statement-breakpoint
CREATE FUNCTION close_other_doors(p_organization_id text, p_user_id text) RETURNS void
  LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM identities x WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id;
  DELETE FROM passkeys x WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id;
  DELETE FROM user_emails x WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id;
  DELETE FROM email_proofs x WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id;
  DELETE FROM link_requests x WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id;
  DELETE FROM identity_undos x WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id;
  UPDATE users x SET attributes = x.attributes - 'emails', version = version + 1
    WHERE x.organization_id = p_organization_id AND x.id = p_user_id AND x.attributes ? 'emails';
  UPDATE api_keys x SET revoked_at = date_trunc('milliseconds', now())
    WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id AND x.revoked_at IS NULL;
  UPDATE password_resets x SET used_at = date_trunc('milliseconds', now())
    WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id AND x.used_at IS NULL;
  UPDATE sign_in_requests x SET used_at = date_trunc('milliseconds', now())
    WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id AND x.used_at IS NULL;
  UPDATE invitations x SET status = 'withdrawn'
    WHERE x.organization_id = p_organization_id AND x.user_id = p_user_id AND x.status = 'pending';
END $$;
--> statement-breakpoint
SELECT close_other_doors(e.organization_id, e.user_id) FROM emergency_accounts e;
--> statement-breakpoint
-- Sessions that came by another door than theirs.
UPDATE sessions s SET ended_at = date_trunc('milliseconds', now()), end_reason = 'revoked'
  FROM emergency_accounts e WHERE e.organization_id = s.organization_id AND e.user_id = s.user_id
    AND s.method <> 'emergency' AND s.ended_at IS NULL;
--> statement-breakpoint
CREATE FUNCTION refuse_emergency_account() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM emergency_accounts e WHERE e.organization_id = NEW.organization_id AND e.user_id = NEW.user_id)
  THEN RAISE EXCEPTION 'An emergency account has what was sealed' USING ERRCODE = 'RC423'; END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER refuse_emergency_account BEFORE INSERT OR UPDATE OF user_id ON identities FOR EACH ROW
  EXECUTE FUNCTION refuse_emergency_account();
--> statement-breakpoint
CREATE TRIGGER refuse_emergency_account BEFORE INSERT OR UPDATE OF user_id ON passkeys FOR EACH ROW
  EXECUTE FUNCTION refuse_emergency_account();
--> statement-breakpoint
CREATE TRIGGER refuse_emergency_account BEFORE INSERT ON invitations FOR EACH ROW
  EXECUTE FUNCTION refuse_emergency_account();
--> statement-breakpoint
CREATE TRIGGER refuse_emergency_account BEFORE INSERT ON password_resets FOR EACH ROW
  EXECUTE FUNCTION refuse_emergency_account();
--> statement-breakpoint
CREATE TRIGGER refuse_emergency_account BEFORE INSERT ON link_requests FOR EACH ROW
  EXECUTE FUNCTION refuse_emergency_account();
--> statement-breakpoint
CREATE TRIGGER refuse_emergency_account BEFORE INSERT ON api_keys FOR EACH ROW
  WHEN (NEW.user_id IS NOT NULL) EXECUTE FUNCTION refuse_emergency_account();
--> statement-breakpoint
CREATE TRIGGER refuse_emergency_account BEFORE INSERT ON sessions FOR EACH ROW
  WHEN (NEW.method <> 'emergency') EXECUTE FUNCTION refuse_emergency_account();
--> statement-breakpoint
CREATE FUNCTION keep_emergency_account() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM emergency_accounts e WHERE e.organization_id = NEW.organization_id AND e.user_id = NEW.id)
  THEN RAISE EXCEPTION 'An emergency account has what was sealed' USING ERRCODE = 'RC423'; END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER keep_emergency_account BEFORE UPDATE OF directory_id, attributes, user_name ON users FOR EACH ROW
  WHEN (OLD.user_name_key IS DISTINCT FROM NEW.user_name_key OR (NEW.directory_id IS NOT NULL AND OLD.directory_id IS DISTINCT FROM NEW.directory_id)
    OR (NEW.attributes ? 'emails' AND OLD.attributes -> 'emails' IS DISTINCT FROM NEW.attributes -> 'emails'))
  EXECUTE FUNCTION keep_emergency_account();
