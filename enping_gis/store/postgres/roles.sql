-- Who may write what. The office owns the schema; teams and readers are named to these functions:
--   SELECT enping_grant_team('zhang', '440785108');  SELECT enping_grant_reader('li');
--   SELECT enping_revoke('zhang');
-- Every statement may be run again.

CREATE TABLE IF NOT EXISTS enping_roles (role name, place text COLLATE "C", PRIMARY KEY (role, place));

CREATE OR REPLACE FUNCTION enping_office() RETURNS boolean
LANGUAGE sql STABLE SET search_path = {schema}, pg_temp AS $$
  SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE oid = 'events'::regclass;
$$;

CREATE OR REPLACE FUNCTION enping_answers(responsible text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = {schema}, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM enping_roles JOIN pg_roles ON rolname = role
    WHERE place = responsible AND pg_has_role(current_user, pg_roles.oid, 'USAGE')
  );
$$;

CREATE OR REPLACE FUNCTION enping_answers_for_plot(plot text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = {schema}, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM parcels WHERE parcel_id = plot AND enping_answers(responsible));
$$;

CREATE OR REPLACE FUNCTION enping_answers_for_event(event text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = {schema}, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM events WHERE event_id = event AND enping_answers_for_plot(parcel_id)
  );
$$;

-- A team neither renames a plot nor takes up the id of one that is gone: events go by it.
CREATE OR REPLACE FUNCTION enping_name() RETURNS trigger
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
  IF enping_office() THEN
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF NEW.parcel_id IS DISTINCT FROM OLD.parcel_id OR NEW.fid <> OLD.fid THEN
      RAISE EXCEPTION 'only the office renames a plot' USING ERRCODE = 'insufficient_privilege';
    END IF;
  ELSIF NEW.parcel_id IS NULL
    OR EXISTS (SELECT 1 FROM events WHERE events.parcel_id = NEW.parcel_id) THEN
    RAISE EXCEPTION 'a new plot needs an id that no event names'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER enping_parcels_named BEFORE INSERT OR UPDATE ON parcels
  FOR EACH ROW EXECUTE FUNCTION enping_name();
ALTER TABLE parcels ENABLE TRIGGER enping_parcels_named;

DO $$
DECLARE
  layer text;
BEGIN
  FOREACH layer IN ARRAY ARRAY['parcels', 'events', 'standing', 'enping_rows'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', layer);
    -- The owner too: what no rule allows, such as changing an event, is allowed to nobody.
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', layer);
    EXECUTE format('DROP POLICY IF EXISTS enping_read ON %I', layer);
    EXECUTE format('CREATE POLICY enping_read ON %I FOR SELECT USING (true)', layer);
    EXECUTE format('DROP POLICY IF EXISTS enping_office ON %I', layer);
    EXECUTE format('DROP POLICY IF EXISTS enping_team ON %I', layer);
  END LOOP;
END $$;

CREATE POLICY enping_office ON parcels USING (enping_office());
CREATE POLICY enping_office ON standing USING (enping_office());
CREATE POLICY enping_office ON enping_rows USING (enping_office());
CREATE POLICY enping_office ON events FOR INSERT WITH CHECK (enping_office());
CREATE POLICY enping_team ON parcels
  USING (enping_answers(responsible)) WITH CHECK (enping_answers(responsible));
CREATE POLICY enping_team ON standing
  USING (enping_answers_for_plot(parcel_id)) WITH CHECK (enping_answers_for_plot(parcel_id));
CREATE POLICY enping_team ON enping_rows
  USING (layer = 'parcels' AND enping_answers(content::json ->> 'responsible'))
  WITH CHECK (layer = 'parcels' AND enping_answers(content::json ->> 'responsible')
    AND EXISTS (SELECT 1 FROM parcels WHERE parcels.fid = enping_rows.fid
      AND enping_answers(parcels.responsible)));
CREATE POLICY enping_team ON events FOR INSERT WITH CHECK (
  enping_answers_for_plot(parcel_id)
  AND (corrects_id IS NULL OR enping_answers_for_event(corrects_id)));

REVOKE EXECUTE ON FUNCTION enping_begin(), enping_count(bigint) FROM PUBLIC;

CREATE OR REPLACE FUNCTION enping_grant_reader(who name) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
DECLARE
  owner name := (SELECT rolname FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner
    WHERE pg_class.oid = 'events'::regclass);
  home text := quote_ident({literal});
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %s TO %I', home, who);
  EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %s TO %I', home, who);
  -- Views of places are made anew when a column is added.
  EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %s GRANT SELECT ON TABLES TO %I',
    owner, home, who);
END $$;

CREATE OR REPLACE FUNCTION enping_grant_team(who name, place text) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
BEGIN
  PERFORM enping_grant_reader(who);
  EXECUTE format('GRANT INSERT ON events TO %I', who);
  EXECUTE format('GRANT INSERT, UPDATE ON parcels, standing TO %I', who);
  EXECUTE format('GRANT INSERT, UPDATE, DELETE ON enping_rows TO %I', who);
  EXECUTE format('GRANT EXECUTE ON FUNCTION enping_begin(), enping_count(bigint) TO %I', who);
  INSERT INTO enping_roles VALUES (who, place) ON CONFLICT DO NOTHING;
END $$;

CREATE OR REPLACE FUNCTION enping_revoke(who name) RETURNS void
LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
DECLARE
  owner name := (SELECT rolname FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner
    WHERE pg_class.oid = 'events'::regclass);
  home text := quote_ident({literal});
BEGIN
  DELETE FROM enping_roles WHERE role = who;
  EXECUTE format('REVOKE ALL ON FUNCTION enping_begin(), enping_count(bigint) FROM %I', who);
  EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %s FROM %I', home, who);
  EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %s REVOKE ALL ON TABLES FROM %I',
    owner, home, who);
  EXECUTE format('REVOKE ALL ON SCHEMA %s FROM %I', home, who);
END $$;
