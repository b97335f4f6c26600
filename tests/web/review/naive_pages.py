"""What each thing that a page asks for comes to, in the plainest words: slow, and easily seen to be right."""

from tests.people.naive import state_after
from tests.pipeline.people_library import FACE, WHERE

GROUPS = {number: [FACE[name] for name, at in WHERE.items() if at[1] == number] for number in range(3)}


class Plain:
    """Everybody and every face by the decisions so far; no name has spread."""

    def __init__(self, decisions):
        self.state = state_after(decisions, lambda face: face)

    def is_free(self, face):
        return face not in self.state.whose and face not in self.state.no_faces

    def is_nobody_elses(self, face, person):
        return self.state.whose.get(face, person) == person

    def group(self, number):
        return [face for face in GROUPS[number] if self.is_free(face)]

    def open_to(self, faces, person):
        """Of a crowd, the faces that may be given to a person."""
        return [face for face in faces if self.is_free(face) and (face, person) not in self.state.rejected]

    def after(self, say, new):
        """Whose each face is, what is no face and whom faces do not show, after this; and whether that is new."""
        whose, none, rejected = dict(self.state.whose), set(self.state.no_faces), set(self.state.rejected)
        before = (dict(whose), set(none), set(rejected))

        def give(faces, person):
            for face in faces:
                whose[face] = person
                none.discard(face)
                rejected.discard((face, person))

        def refuse(faces, person):
            for face in faces:
                if whose.get(face) == person:
                    del whose[face]
                rejected.add((face, person))

        self._tell(say, new, give, refuse, none, whose)
        return (whose, none, rejected), (whose, none, rejected) != before

    def _tell(self, say, new, give, refuse, none, whose):  # noqa: C901, PLR0912  # plain
        crowd, faces = self._faces(say.get("faces"))
        match say["kind"]:
            case "name":
                person = (say["who"] or {}).get("person", new[0])
                faces = [face for face in faces if face not in say["but"]]
                give(self.open_to(faces, person) if crowd else faces, person)
                out = [one for one in say["but"] if self.is_nobody_elses(one, person)]
                refuse([face for face in out if face not in self.state.no_faces], person)
            case "reject":
                theirs = [face for face in faces if self.is_nobody_elses(face, say["person"])]
                if crowd:
                    theirs = [face for face in theirs if face not in self.state.no_faces]
                refuse(theirs, say["person"])
            case "confirm":
                give([face for face in faces if face not in say["but"]], say["person"])
                out = [one for one in say["but"] if self.is_nobody_elses(one, say["person"])]
                refuse([face for face in out if face not in self.state.no_faces], say["person"])
            case "split":
                theirs = [face for face in faces if self.is_nobody_elses(face, say["person"])]
                refuse(theirs, say["person"])
                give(theirs, (say["who"] or {}).get("person", new[0]))
            case "not_a_face":
                for face in faces if not crowd else filter(self.is_free, faces):
                    whose.pop(face, None)
                    none.add(face)
            case "ignore_faces":
                give(filter(self.is_free, faces) if crowd else faces, new[0])
            case "ignore":
                for number, unit in enumerate(say["units"]):
                    if "cluster" in unit:
                        give(self.group(unit["cluster"]), new[number])
                    if "face" in unit:
                        give([unit["face"]], new[number])
            case "one_person":
                give(self.group(say["unit"]["cluster"]), new[0])
            case "two_people":
                for side, person in zip(say["sides"], new, strict=False):
                    give(filter(self.is_free, side), person)

    def _faces(self, words):
        """Whether these are a crowd, and the faces."""
        if words is None:
            return False, []
        return (False, words["faces"]) if "faces" in words else (True, self.group(words["cluster"]))
