# SPDX-License-Identifier: MIT
#
# prove --harness Counted: prove's own harness, and at its end the numbers that CI reads
#
# A job is one entry of what prove runs; its name begins with its group and a slash.  All that a job
# printed stands in the folder $PERL_TEST_HARNESS_DUMP_TAP, below its name; if the job failed it is
# shown as soon as the job ends.  $JOBS/NAME.counts says in one line what its tests are: "checks".
#
# The numbers:
#   passed    lines "ok", and "not ok" with TODO; those with SKIP are
#   skipped   and so is, once, a job that is skipped as a whole ("1..0 # SKIP")
#   failed    lines "not ok"; and one more for each job that broke off (it has no plan, or not the
#             tests of its plan), or whose exit status is not 0 although no test failed
# $JOBS/NAME.cpu says how many seconds of a processor a job took; what it left behind is not in them.
# The dearest jobs are named: with them begins who wants all of it to be faster.
#
# Where no test passed the run fails: it was asked for tests, and saw none.
package Counted;
use strict;
use warnings;
use parent 'TAP::Harness';
use constant DEAREST => 20;

sub new {
    my ( $class, @arguments ) = @_;
    my $self = $class->SUPER::new(@arguments);
    $self->callback( after_test => \&show_if_failed );
    return $self;
}

sub runtests {
    my ( $self, @tests ) = @_;
    my $aggregate = $self->SUPER::runtests(@tests);
    exit 1 if $aggregate->passed <= $aggregate->skipped;
    return $aggregate;
}

sub count_failed {
    my ($parser) = @_;
    my $failed = () = $parser->failed;
    return $failed + 1 if $parser->parse_errors;
    return $failed || ( $parser->has_problems ? 1 : 0 );
}

sub show_if_failed {
    my ( $job, $parser ) = @_;
    my $name = $job->[0];
    return unless count_failed($parser);
    open my $printed, '<', "$ENV{PERL_TEST_HARNESS_DUMP_TAP}/$name" or die "$name: $!\n";
    print "FAIL  $name: all that it printed\n";
    while ( my $line = <$printed> ) {    # not $_: that is the caller's
        print "      $line";
    }
}

# User and system, in seconds; 0 where a job was killed before it could say.
sub cpu_of_job {
    my ($name) = @_;
    open my $cpu, '<', "$ENV{JOBS}/$name.cpu" or return 0;
    my ( $user, $system ) = ( <$cpu> // '' ) =~ /^([\d.]+) ([\d.]+)$/ or return 0;
    return $user + $system;
}

sub row_of_job {
    my ( $name, $parser ) = @_;
    open my $counts, '<', "$ENV{JOBS}/$name.counts" or die "$name.counts: $!\n";
    chomp( my $what = <$counts> );
    my $good = () = $parser->passed;
    my $skipped = () = $parser->skipped;
    return {
        all     => 'all',
        group   => $name =~ s{/.*}{}r,
        name    => $name,
        what    => $what,
        jobs    => 1,
        tests   => $parser->tests_run - $skipped,
        seconds => $parser->end_time - $parser->start_time,
        cpu     => cpu_of_job($name),
        passed  => $good - $skipped,
        failed  => count_failed($parser),
        skipped => defined $parser->skip_all ? 1 : $skipped,
    };
}

# Sums of the rows that have the same value there, in the order in which the values come first.
sub sum_by {
    my ( $key, @rows ) = @_;
    my ( @sums, %sum_of );
    for my $row (@rows) {
        my $sum = $sum_of{ $row->{$key} } //= do { push @sums, { name => $row->{$key} }; $sums[-1] };
        $sum->{$_} += $row->{$_} for qw(jobs tests seconds cpu passed failed skipped);
    }
    return @sums;
}

sub summary {
    my ( $self, $aggregate, @rest ) = @_;
    $self->SUPER::summary( $aggregate, @rest );
    my @rows = map { row_of_job( $_, $aggregate->parsers($_) ) } sort $aggregate->descriptions;
    for my $group ( sum_by( 'group', @rows ) ) {
        printf "# %s: %d jobs, %d tests, %.0f s, %.0f s of a processor\n",
            @$group{qw(name jobs tests seconds cpu)};
    }
    my @dearest = ( sort { $b->{cpu} <=> $a->{cpu} } @rows )[ 0 .. DEAREST - 1 ];
    printf "# %6.1f s of a processor  %s\n", @$_{qw(cpu name)} for grep { defined } @dearest;
    my ($all) = sum_by( 'all', @rows );
    my @counts = map {"$_->{tests} $_->{name}"} sum_by( 'what', @rows );
    print 'tests: ', join( ', ', @counts ), ", $all->{failed} failures\n";
    print "$all->{passed} passed, $all->{failed} failed";
    print $all->{skipped} ? ", $all->{skipped} skipped\n" : "\n";
}

1;
