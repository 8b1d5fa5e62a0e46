import Assembly
import LessonScripting
import Lessons

extension Grader {
    /// Builds every guest of a lesson with a submission's files in it.
    func assemble(
        _ lesson: LessonFolder, _ manifest: LessonManifest, _ submission: Submission, _ target: String
    ) throws(GradeProblem) -> [String: AssembledImage] {
        var images: [String: AssembledImage] = [:]
        for build in manifest.builds {
            let request = build.assemblyRequest(
                kernel: lesson.kernel, submission: submission.files, manifest: manifest, target: target)
            do { images[build.id] = try assembler.assemble(request) } catch {
                let known = isSound(lesson, manifest, build, target)
                throw problem(error, submissionIsAtFault: known)
            }
        }
        return images
    }

    /// Whether the lesson's own solution can be built: then what is wrong is in the submission.
    private func isSound(
        _ lesson: LessonFolder, _ manifest: LessonManifest, _ build: GuestBuild, _ target: String
    ) -> Bool {
        guard !manifest.exerciseFiles.isEmpty,
            let solution = try? Submission(folder: lesson.folder("solution"), names: manifest.exerciseFiles)
        else { return false }
        let request = build.assemblyRequest(
            kernel: lesson.kernel, submission: solution.files, manifest: manifest, target: target)
        return (try? assembler.assemble(request)) != nil
    }

    private func problem(_ error: AssemblyError, submissionIsAtFault: Bool) -> GradeProblem {
        switch error {
        case .diagnostics:
            GradeProblem(submissionIsAtFault ? .failed : .defect, error.description)
        case .limit: GradeProblem(.limit, error.description)
        case .toolMissing, .host: GradeProblem(.defect, error.description)
        }
    }
}
